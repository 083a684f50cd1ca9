import console from "node:console";

/** How node-llama-cpp begins what it says by itself, whatever its logger is. */
const PREFIX = "[node-llama-cpp]";
const LEVELS = ["error", "warn"] as const;

type Say = (...parts: unknown[]) => void;

const output: Record<(typeof LEVELS)[number], Say> = console;

/** Of the work that goes on; several models may load at once. */
const signals = new Set<{ signal: AbortSignal | undefined }>();
let restore = (): void => undefined;

/**
 * Does work of node-llama-cpp, which prints that its library cannot be loaded when Ctrl+C also ends the process in which it tries it:
 * nobody hears of that once the signal aborted. All else is printed as ever.
 */
export async function withoutAbortedMessages<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const own = { signal };
  if (signals.size === 0) restore = filterConsole();
  signals.add(own);
  try {
    return await work();
  } finally {
    signals.delete(own);
    if (signals.size === 0) restore();
  }
}

/** Filters what goes to the console; gives what undoes it. */
function filterConsole(): () => void {
  const undo = LEVELS.map((level) => {
    const say = output[level];
    const filtered: Say = (...parts) => {
      if (!isOfAborted(parts[0])) say.apply(console, parts);
    };
    output[level] = filtered;
    return () => {
      // somebody else's filter around ours stays
      if (output[level] === filtered) output[level] = say;
    };
  });
  return () => undo.forEach((one) => one());
}

function isOfAborted(message: unknown): boolean {
  return typeof message === "string" && message.includes(PREFIX) && [...signals].some(({ signal }) => signal?.aborted === true);
}
