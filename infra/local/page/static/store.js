// The local stack over HTTP: the store's REST API under its rules, the functions, the sign-in.

let where;
let token = "";
let uid = "";
let skew = 0;

/** Why something was not done; `words` are in [Vietnamese, English] when the server said them. */
export class Refusal extends Error {
  constructor(status, words) {
    super(`refused: ${status}`);
    this.status = status;
    this.words = words;
  }
}

export async function connect() {
  where = await ask("stack");
  skew = Date.parse(where.now) - Date.now();
  return ask("people");
}

/** The stack's clock may run ahead of this machine's. */
export const now = () => new Date(Date.now() + skew);

export async function signIn(as) {
  token = (await ask(`token?uid=${encodeURIComponent(as)}`)).token;
  uid = as;
}

async function ask(path) {
  const answer = await fetch(`/web/${path}`);
  if (!answer.ok) throw new Refusal(answer.status);
  return answer.json();
}

/** One document, or null. */
export async function read(path) {
  const answer = await call(`${where.documents}/${path}`);
  if (answer.status === 404) return null;
  return decoded(await checked(answer));
}

/** Documents of a collection; `filters` are [field, operator, value]. */
export async function find(path, ...filters) {
  const cut = path.lastIndexOf("/");
  const parent = cut < 0 ? "" : `/${path.slice(0, cut)}`;
  const query = { from: [{ collectionId: path.slice(cut + 1) }] };
  if (filters.length) query.where = { compositeFilter: { op: "AND", filters: filters.map(filter) } };
  const answer = await call(`${where.documents}${parent}:runQuery`, { structuredQuery: query });
  const rows = await checked(answer);
  return rows.filter((row) => row.document).map((row) => decoded(row.document));
}

function filter([field, op, value]) {
  return { fieldFilter: { field: { fieldPath: field }, op, value: encoded(value) } };
}

/**
 * Append an entry as oneself, at the server's time. The caller makes the id, so that
 * sending it again after a lost answer is harmless: what stands already is success.
 */
export async function append(assignment, id, entry) {
  const name = `${where.documents}/assignments/${assignment}/entries/${id}`;
  const write = {
    update: { name, fields: encoded({ ...entry, by: uid }).mapValue.fields },
    updateTransforms: [{ fieldPath: "at", setToServerValue: "REQUEST_TIME" }],
    currentDocument: { exists: false },
  };
  const answer = await call(`${where.documents}:commit`, { writes: [write] });
  if (answer.status !== 409) await checked(answer);
}

/** The results as a file, through the function, with one's own token. */
export async function download(period, format) {
  const answer = await authorised(`/export?period=${period}&format=${format}`);
  if (!answer.ok) throw await refusal(answer);
  return answer.blob();
}

async function call(path, body) {
  const post = body && {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
  };
  return authorised(where.store + path, post);
}

/** With a fresh token if the old one has expired. */
async function authorised(url, init = {}) {
  const send = () =>
    fetch(url, { ...init, headers: { ...init.headers, Authorization: `Bearer ${token}` } });
  const answer = await send();
  if (answer.status !== 401) return answer;
  await signIn(uid);
  return send();
}

async function checked(answer) {
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

async function refusal(answer) {
  const problem = await answer.json().catch(() => ({}));
  const faults = problem.errors ?? [];
  const words = faults.length && ["reason_vi", "reason"].map((key) => faults.map((f) => f[key]).join("; "));
  return new Refusal(answer.status, words || undefined);
}

function decoded(document) {
  const id = document.name.slice(document.name.lastIndexOf("/") + 1);
  return { ...values(document.fields), id };
}

const values = (fields = {}) =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]));

function plain(value) {
  if ("integerValue" in value) return Number(value.integerValue);
  if ("mapValue" in value) return values(value.mapValue.fields);
  if ("arrayValue" in value) return (value.arrayValue.values ?? []).map(plain);
  return Object.values(value)[0] ?? null;
}

function encoded(value) {
  if (Number.isInteger(value)) return { integerValue: String(value) };
  if (typeof value === "string") return { stringValue: value };
  return { mapValue: { fields: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, encoded(v)])) } };
}
