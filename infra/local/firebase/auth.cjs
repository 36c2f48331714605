// The Auth emulator of firebase-tools alone, on the port that is the only argument.
// The command `firebase emulators:start` compiles every schema of its API before it
// answers, which takes a core for 20 seconds; here each is compiled when first used.
const exegesis = require("exegesis-express");
const { middleware } = exegesis;
exegesis.middleware = (spec, options) =>
  middleware(spec, { ...options, lazyCompileValidationSchemas: true });

const { AuthEmulator } = require("firebase-tools/lib/emulator/auth");

new AuthEmulator({ projectId: "demo-roviec", host: "127.0.0.1", port: Number(process.argv[2]) }).start();
