// @ts-check
// Runs a scorer module of the user's in a thread of its own. Plain JavaScript, so that the thread can start it from src and from dist.
import { stderr, stdout } from "node:process";
import { inspect } from "node:util";
import { parentPort, workerData } from "node:worker_threads";

/** @typedef {(sample: object, completion: object, options: unknown) => unknown} ScoreFunction */
/** @typedef {{ href: string, scorer?: string, options?: unknown }} Loaded `scorer` is one of a plugin. */

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
// standard output belongs to the command's result
stdout.write = stderr.write.bind(stderr);

process.on("uncaughtException", (thrown) => port.postMessage({ kind: "crashed", message: messageOf(thrown) }));
process.on("unhandledRejection", (thrown) => port.postMessage({ kind: "crashed", message: messageOf(thrown) }));

await start();

async function start() {
  /** @type {unknown} */
  let exported;
  try {
    const { href, scorer } = /** @type {Loaded} */ (workerData);
    exported = /** @type {{ default?: unknown }} */ (await import(href)).default;
    if (scorer !== undefined) exported = /** @type {{ scorers: Record<string, unknown> }} */ (exported).scorers[scorer];
    port.postMessage({ kind: "loaded", exported: facts(exported) });
  } catch (thrown) {
    port.postMessage({ kind: "unloadable", message: messageOf(thrown) });
    return;
  }
  const score = typeof exported === "function" ? exported : /** @type {{ score: unknown }} */ (exported)?.score;
  if (typeof score !== "function") return;
  // what is left of the object is `this` of its function, as anywhere
  const call = /** @type {ScoreFunction} */ (score.bind(typeof exported === "function" ? undefined : exported));
  port.on("message", (message) => {
    if (message.kind === "ping") port.postMessage({ kind: "pong" });
    else answer(message, call);
  });
}

/** What a module says of its scorer beside how it scores. @param {unknown} exported */
function facts(exported) {
  if (typeof exported !== "object" || exported === null) return { scores: typeof exported === "function" };
  const { score, name, kind, direction, needsReference, range, options, scorers, samplers, judges } =
    /** @type {Record<string, unknown>} */ (exported);
  const isPlugin = [scorers, samplers, judges].some((part) => typeof part === "object" && part !== null);
  const is = { scores: typeof score === "function", takesOptions: options !== undefined, isPlugin };
  return { ...is, name, kind, direction, needsReference, range };
}

/**
 * Scores one answer. Says when the module has returned, though its promise may take longer: the next one may begin.
 * @param {{ id: number, sample: object, completion: object }} call @param {ScoreFunction} score
 */
function answer({ id, sample, completion }, score) {
  let isSettled = false;
  const settle = (/** @type {object} */ reply) => {
    isSettled = true;
    port.postMessage({ id, ...reply });
  };
  const fail = (/** @type {unknown} */ thrown) => settle({ kind: "failed", message: messageOf(thrown) });
  try {
    const given = score(sample, completion, /** @type {Loaded} */ (workerData).options ?? {});
    if (!isThenable(given)) return settle(read(given));
    Promise.resolve(given).then((value) => settle(read(value)), fail);
    setImmediate(() => isSettled || port.postMessage({ id, kind: "pending" }));
  } catch (thrown) {
    fail(thrown);
  }
}

/** @param {unknown} value */
function isThenable(value) {
  return typeof value === "object" && value !== null && "then" in value;
}

/** What can be sent of what the module gave; in words where that is nothing. @param {unknown} given */
function read(given) {
  try {
    if (typeof given !== "object" || given === null)
      return isScore(given) ? { kind: "given", given } : { kind: "given", shown: show(given) };
    const { value, explanation } = /** @type {Record<string, unknown>} */ (given);
    const isRead = isScore(value) && (explanation === undefined || typeof explanation === "string");
    return isRead
      ? { kind: "given", given: { value, ...(explanation !== undefined && { explanation }) } }
      : { kind: "given", shown: show(given) };
  } catch (thrown) {
    return { kind: "failed", message: `what it gave cannot be read: ${messageOf(thrown)}` };
  }
}

/** @param {unknown} value */
function isScore(value) {
  return value === null || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value));
}

/** @param {unknown} value */
function show(value) {
  try {
    return inspect(value, { depth: 1, breakLength: Infinity }).slice(0, 100);
  } catch {
    return `a ${typeof value}`;
  }
}

/** @param {unknown} thrown */
function messageOf(thrown) {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return "an object that cannot be read";
  }
}
