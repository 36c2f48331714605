// Carries out attacks with the SDK that web and mobile clients use; prints each one's outcome.
// Arguments: where the SDK is installed. Input: {host, port, project, attacks}.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.argv[2]}/`);
const { deleteApp, initializeApp } = require("@firebase/app");
const sdk = require("@firebase/firestore");
sdk.setLogLevel("silent");

const { host, port, project, attacks } = JSON.parse(readFileSync(0, "utf-8"));
const clients = new Map();

function clientOf(claims) {
  const key = JSON.stringify(claims);
  if (!clients.has(key)) {
    const app = initializeApp({ projectId: project, apiKey: "local" }, key);
    const db = sdk.getFirestore(app);
    sdk.connectFirestoreEmulator(db, host, port, { mockUserToken: claims });
    clients.set(key, { app, db });
  }
  return clients.get(key).db;
}

const value = (one) =>
  one && typeof one === "object" && "time" in one ? sdk.Timestamp.fromDate(new Date(one.time)) : one;

function fieldsOf(write) {
  const fields = Object.fromEntries(Object.entries(write.fields).map(([k, v]) => [k, value(v)]));
  for (const name of write.times) fields[name] = sdk.serverTimestamp();
  for (const [name, by] of Object.entries(write.increments)) fields[name] = sdk.increment(by);
  return fields;
}

function stage(target, db, write) {
  const ref = sdk.doc(db, write.path);
  if (write.kind === "delete") target.delete(ref);
  else target.set(ref, fieldsOf(write), { merge: write.kind === "merge" });
}

async function carryOut({ claims, mode, writes, query, reads }) {
  const db = clientOf(claims);
  if (query) {
    const source = query.group ? sdk.collectionGroup(db, query.path) : sdk.collection(db, query.path);
    const where = query.where ? [sdk.where(query.where[0], query.where[1], query.where[2])] : [];
    return sdk.getDocs(sdk.query(source, ...where));
  }
  if (mode === "transaction") {
    return sdk.runTransaction(db, async (transaction) => {
      await transaction.get(sdk.doc(db, reads));
      writes.forEach((write) => stage(transaction, db, write));
    }, { maxAttempts: 1 });
  }
  const batch = sdk.writeBatch(db);
  writes.forEach((write) => stage(batch, db, write));
  return batch.commit();
}

const outcomes = {};
for (const attack of attacks) {
  try {
    await carryOut(attack);
    outcomes[attack.name] = "accepted";
  } catch (error) {
    outcomes[attack.name] = error.code ?? String(error);
  }
}
console.log(JSON.stringify(outcomes));
await Promise.all([...clients.values()].map(({ app }) => deleteApp(app)));
