import { setTimeout as sleep } from "node:timers/promises";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import type { TrackedRun } from "../../tracking/tracked-run.js";
import { parseTrainingLog, type TrainingLog, type TrainingPoint } from "./training-log.js";

export interface TrainingOptions {
  path: string;
  run: TrackedRun;
  /** Keep reading as the file grows. */
  follow: boolean;
  /** Following ends when nothing new came for so long. */
  idleMs: number;
  signal: AbortSignal;
  onPoints?: (count: number) => void;
}

export interface TrainingOutcome {
  points: number;
  lastStep: number | null;
  /** The last value of each metric. */
  final: Record<string, number>;
  /** Why reading ended. */
  ended: "complete" | "idle" | "interrupted" | "read";
}

const POLL_MS = 1000;
const FINAL = ["train_loss", "eval_loss"];

/** Records a training log as metrics over steps, and at the end the final losses. Throws DATASET_NOT_FOUND or DATASET_INVALID. */
export async function logTraining({ path, run, follow, idleMs, signal, onPoints }: TrainingOptions): Promise<TrainingOutcome> {
  const start = Date.now();
  let sent = 0;
  let lastNews = Date.now();
  let final: Record<string, number> = {};
  let lastStep: number | null = null;
  for (;;) {
    const log = await readLog(path, follow);
    const fresh = log.points.slice(sent);
    if (sent === 0 && Object.keys(log.params).length > 0 && fresh.length > 0) run.log({ params: log.params });
    if (fresh.length > 0) {
      run.log({ metrics: fresh.flatMap((point, index) => toMetrics(point, start + sent + index)) });
      sent += fresh.length;
      lastNews = Date.now();
      lastStep = fresh.at(-1)?.step ?? lastStep;
      final = Object.assign({}, final, ...fresh.map(({ values }) => values)) as Record<string, number>;
      onPoints?.(sent);
    }
    const ended = endOf({ follow, complete: log.complete, idle: Date.now() - lastNews > idleMs, aborted: signal.aborted });
    if (ended !== undefined) {
      const losses = FINAL.filter((key) => Object.hasOwn(final, key));
      run.log({ metrics: losses.map((key) => ({ key: `final_${key}`, value: final[key] ?? Number.NaN, step: lastStep ?? 0 })) });
      return { points: sent, lastStep, final, ended };
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function endOf(state: { follow: boolean; complete: boolean; idle: boolean; aborted: boolean }): TrainingOutcome["ended"] | undefined {
  if (state.aborted) return "interrupted";
  if (state.complete) return "complete";
  if (!state.follow) return "read";
  return state.idle ? "idle" : undefined;
}

/** While a file is followed it may not be there yet, or be half-written. */
async function readLog(path: string, follow: boolean): Promise<TrainingLog> {
  const nothing: TrainingLog = { points: [], params: {}, complete: false };
  let content: string;
  try {
    content = readTextFile(path);
  } catch (cause) {
    if (follow && (systemCodeOf(cause) === "ENOENT" || messageOf(cause).includes("half a character"))) return nothing;
    throw new LlmopsError("DATASET_NOT_FOUND", `The training log ${path} cannot be read: ${messageOf(cause)}.`, {
      hint: "Check the path. With --follow, the file may appear later.",
      cause,
    });
  }
  try {
    return parseTrainingLog(follow ? content : `${content}\n`, path); // a file that nobody writes to has no unfinished line
  } catch (error) {
    if (follow && path.endsWith(".json")) return nothing;
    throw error;
  }
}

function toMetrics({ step, time, values }: TrainingPoint, fallbackTime: number) {
  const timestamp = time ?? fallbackTime;
  const points = Object.entries(values).map(([key, value]) => ({ key, value, step, timestamp }));
  return [...points, { key: "global_step", value: step, step, timestamp }];
}
