// Runs one command after another in one process, as bin/run.cjs runs one: what a command costs before its work begins is paid once. What a
// process has only one of (folder, environment, exit code, console, listeners) is given back after each, so that no command sees another's.
import { fileURLToPath } from "node:url";
import { flush, handle, run } from "@oclif/core";
import { reportStartupError } from "../../dist/cli/command/startup-error.js";
import { tryLibraryOnce } from "./tested-library.mjs";

const BIN = fileURLToPath(new URL("../../bin", import.meta.url));
const EVENTS = ["SIGINT", "SIGTERM", "uncaughtException", "unhandledRejection", "beforeExit", "exit", "warning"];
const STREAMS = [process.stdout, process.stderr];
const PATIENCE_MS = 10_000;

globalThis[Symbol.for("llmops.own-worker-pool")] = true; // as bin/run.cjs says: programs that are started do not inherit UV_THREADPOOL_SIZE
tryLibraryOnce();
process.on("message", (job) => void runJob(job));
process.on("disconnect", () => process.exit());

async function runJob({ args, cwd, env, mark }) {
  const listeners = new Map(EVENTS.map((event) => [event, process.rawListeners(event)]));
  const drains = STREAMS.map((stream) => stream.rawListeners("drain")); // oclif's flush() leaves one behind that an empty pipe never calls
  const spoken = { log: console.log, info: console.info, debug: console.debug };
  const waitedFor = counted(process.getActiveResourcesInfo());
  process.chdir(cwd);
  replaceEnvironment(env);
  process.argv = [process.execPath, `${BIN}/run.cjs`, ...args];
  process.exitCode = undefined;
  try {
    await run(args, BIN);
    await flush();
  } catch (error) {
    if (!reportStartupError(error)) await handle(error); // ends the process, as it does for users
  }
  const left = await untilNothingIsLeft(waitedFor);
  const code = Number(process.exitCode ?? 0);
  process.exitCode = undefined;
  for (const [event, before] of listeners) removeAllBut(process, event, before);
  for (const [index, stream] of STREAMS.entries()) removeAllBut(stream, "drain", drains[index]);
  Object.assign(console, spoken);
  process.chdir("/");
  for (const stream of STREAMS) await new Promise((resolve) => stream.write(mark, resolve));
  process.send({ code, left });
}

function removeAllBut(emitter, event, kept) {
  for (const listener of emitter.rawListeners(event)) if (!kept.includes(listener)) emitter.removeListener(event, listener);
}

/** The libraries of the engine read the real environment: variables are set and unset one by one. */
function replaceEnvironment(env) {
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(env, name)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
}

/** A process of its own would end now: what would keep it from that is waited for, and named if it stays. Idle connections would not. */
async function untilNothingIsLeft(before) {
  for (const until = performance.now() + PATIENCE_MS; ; await new Promise((resolve) => setTimeout(resolve, 2))) {
    const counts = counted(process.getActiveResourcesInfo());
    const left = [...counts].filter(([name, count]) => count > (before.get(name) ?? 0)).map(([name]) => name);
    if (left.length === 0 || performance.now() > until) return left;
  }
}

function counted(names) {
  const counts = new Map();
  for (const name of names.filter((one) => one !== "TCPSocketWrap")) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
