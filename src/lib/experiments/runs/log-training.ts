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
  /** The last line where it was not whole when following was interrupted: it is not recorded. */
  unfinishedLine: number | null;
}

const POLL_MS = 1000;
const FINAL = ["train_loss", "eval_loss"];

/**
 * Records a training log as metrics over steps, and at the end the final losses. A line is recorded once it is whole; when nothing new
 * comes any more, what there is counts as whole. Throws DATASET_NOT_FOUND or DATASET_INVALID.
 */
export async function logTraining({ path, run, follow, idleMs, signal, onPoints }: TrainingOptions): Promise<TrainingOutcome> {
  const recording = new TrainingRecording(run, onPoints);
  for (;;) {
    const log = await readLog(path, follow);
    recording.add(log);
    const idle = recording.idleMs() > idleMs;
    const ended = endOf({ follow, complete: log.complete, idle, aborted: signal.aborted });
    if (ended === "idle") recording.add(await readLog(path, false));
    if (ended !== undefined) return { ...recording.finish(), ended, unfinishedLine: ended === "interrupted" ? log.unfinishedLine : null };
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What of a log is in its run. */
class TrainingRecording {
  private readonly start = Date.now();
  private lastNews = Date.now();
  private sent = 0;
  private lastStep: number | null = null;
  private final: Record<string, number> = {};

  private readonly run: TrackedRun;
  private readonly onPoints: ((count: number) => void) | undefined;

  constructor(run: TrackedRun, onPoints: ((count: number) => void) | undefined) {
    this.run = run;
    this.onPoints = onPoints;
  }

  /** How long nothing new came. */
  idleMs(): number {
    return Date.now() - this.lastNews;
  }

  /** Records the points of a log, read as a whole, that were not there before. */
  add({ points, params }: TrainingLog): void {
    const fresh = points.slice(this.sent);
    if (fresh.length === 0) return;
    if (this.sent === 0 && Object.keys(params).length > 0) this.run.log({ params });
    this.run.log({ metrics: fresh.flatMap((point, index) => toMetrics(point, this.start + this.sent + index)) });
    this.sent += fresh.length;
    this.lastNews = Date.now();
    this.lastStep = fresh.at(-1)?.step ?? this.lastStep;
    for (const { values } of fresh) Object.assign(this.final, values);
    this.onPoints?.(this.sent);
  }

  finish(): Pick<TrainingOutcome, "points" | "lastStep" | "final"> {
    const losses = FINAL.filter((key) => Object.hasOwn(this.final, key));
    const step = this.lastStep ?? 0;
    this.run.log({ metrics: losses.map((key) => ({ key: `final_${key}`, value: this.final[key] ?? Number.NaN, step })) });
    return { points: this.sent, lastStep: this.lastStep, final: this.final };
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
  const nothing: TrainingLog = { points: [], params: {}, complete: false, unfinishedLine: null };
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
