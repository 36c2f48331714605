// Elements without a library.

const SVG = "http://www.w3.org/2000/svg";

export const h = (tag, props, ...children) => build(document.createElement(tag), props, children);
export const svg = (tag, props, ...children) =>
  build(document.createElementNS(SVG, tag), props, children);

function build(element, props, children) {
  for (const [name, value] of Object.entries(props ?? {})) set(element, name, value);
  element.append(...present(children));
  return element;
}

/** What is there to show: a condition that failed is nothing, and zero is something. */
const present = (children) => children.flat(3).filter((child) => child !== null && child !== undefined && child !== false);

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name.startsWith("--")) element.style.setProperty(name, value);
  else if (name === "value") element.value = value;
  else element.setAttribute(name, value === true ? "" : value);
}

/** Put new content in place; the element that had the focus keeps it, by its `data-key`. */
export function replace(place, ...content) {
  const key = place.contains(document.activeElement) && document.activeElement.dataset.key;
  const open = new Set([...place.querySelectorAll("details[open][data-key]")].map((one) => one.dataset.key));
  place.replaceChildren(...present(content));
  for (const one of place.querySelectorAll("details[data-key]")) {
    if (open.has(one.dataset.key)) one.open = true;
  }
  if (key) place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
