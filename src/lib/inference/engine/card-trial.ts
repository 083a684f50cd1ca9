import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Lines the trial's process says its end in. */
export const CARD_TRIAL = { computes: "llmops: computes", none: "llmops: no card" } as const;

/** What trying a card gave: it computes, there is none, or why it does not compute. */
export type CardTrial = { outcome: "computes" | "none" } | { outcome: "fails"; reason: string };

export interface TrialOptions {
  /** A model small enough to be loaded in a moment. */
  modelPath: string;
  signal?: AbortSignal | undefined;
  /** Milliseconds until a card that does not answer counts as one that fails; default two minutes: drivers compile at first. */
  timeoutMs?: number;
  /** The program that is run; for tests. */
  script?: string;
}

const SCRIPT = fileURLToPath(new URL("./card-trial-process.js", import.meta.url));
const TIMEOUT_MS = 120_000;
const KEPT_CHARACTERS = 20_000;

/**
 * Lets llama.cpp evaluate a few tokens on a card, in a process of its own: where the driver is older than what the library was compiled
 * for, it loads, names the card, and ends the process at the first computation. Rejects with the signal's reason.
 */
export async function tryCard(
  kind: "cuda" | "vulkan",
  { modelPath, signal, timeoutMs = TIMEOUT_MS, script = SCRIPT }: TrialOptions,
): Promise<CardTrial> {
  signal?.throwIfAborted();
  const said = { stdout: "", stderr: "" };
  const child = spawn(process.execPath, [script, kind, modelPath], { stdio: ["ignore", "pipe", "pipe"] });
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (said[name] = (said[name] + text).slice(-KEPT_CHARACTERS)));
  }
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => void resolve(error.message));
    child.once("close", (code, by) => void resolve(by === null ? `it ended with exit code ${code}` : `it was ended by ${by}`));
  });
  let late = false;
  const timer = setTimeout(() => (late = child.kill("SIGKILL")), timeoutMs);
  const stop = (): void => void child.kill("SIGKILL");
  signal?.addEventListener("abort", stop, { once: true });
  const how = await ended;
  clearTimeout(timer);
  signal?.removeEventListener("abort", stop);
  signal?.throwIfAborted();
  if (said.stdout.includes(CARD_TRIAL.computes)) return { outcome: "computes" };
  if (said.stdout.includes(CARD_TRIAL.none)) return { outcome: "none" };
  return { outcome: "fails", reason: late ? `no answer in ${timeoutMs / 1000} s` : (reasonIn(said.stderr) ?? how) };
}

/** The line that says what went wrong, without the folders of the machine the library was compiled on. */
function reasonIn(text: string): string | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const line = lines.find((one) => /error|not supported|failed|cannot/i.test(one));
  return line?.replace(/^\/\S*\//, "").slice(0, 200);
}
