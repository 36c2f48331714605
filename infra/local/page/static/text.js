// Words, numbers, dates and names as their readers expect them.

import { LANGUAGES, STRINGS } from "./strings.js";

const ZONE = "Asia/Ho_Chi_Minh";
const LOCALES = { vi: "vi-VN", en: "en-GB" };
const VIETNAMESE = new Intl.Collator("vi");

let language = "vi";
let formats = {};

export function speak(wanted) {
  language = LANGUAGES.includes(wanted) ? wanted : "vi";
  const locale = LOCALES[language];
  const day = { day: "2-digit", month: "2-digit", year: "numeric", timeZone: ZONE };
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: ZONE };
  formats = {
    day: new Intl.DateTimeFormat(locale, day),
    clock: new Intl.DateTimeFormat(locale, clock),
    second: new Intl.DateTimeFormat(locale, { ...clock, second: "2-digit" }),
    two: new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 }),
    three: new Intl.NumberFormat(locale, { minimumFractionDigits: 3, maximumFractionDigits: 3 }),
    any: new Intl.NumberFormat(locale, { maximumFractionDigits: 5 }),
    relative: new Intl.RelativeTimeFormat(locale, { numeric: "auto" }),
  };
}

speak("vi");

export const spoken = () => language;

export function t(key, values = {}) {
  const text = STRINGS[key]?.[LANGUAGES.indexOf(language)];
  if (text === undefined) throw new Error(`no string is named ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** A text that the data itself has in both languages. */
export const either = (title) => title?.[language] ?? title?.vi ?? "";

export const day = (time) => formats.day.format(new Date(time));
export const clock = (time) => formats.clock.format(new Date(time));
export const second = (time) => formats.second.format(time);
export const moment = (time) => `${day(time)} ${clock(time)}`;
export const month = (id) => id.split("-").reverse().join("/");

export const hundredths = (n) => (n === undefined ? "–" : formats.two.format(n / 100));
export const thousandths = (n) => formats.three.format(n / 1000);
export const count = (n) => formats.any.format(n);
/** Converted quantity: the sums are kept in hundred-thousandths. */
export const converted = (weight) => formats.any.format(weight / 100_000);

export function relative(time, now) {
  const hours = (new Date(time) - now) / 3_600_000;
  const [n, unit] = Math.abs(hours) < 24 ? [hours, "hour"] : [hours / 24, "day"];
  return formats.relative.format(Math.trunc(n), unit).toLowerCase();
}

/** By given name, which comes last, then by the rest. */
export function byName(a, b) {
  const given = (name) => name.slice(name.lastIndexOf(" ") + 1);
  return VIETNAMESE.compare(given(a.name), given(b.name)) || VIETNAMESE.compare(a.name, b.name);
}
