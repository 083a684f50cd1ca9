import { DelegateBackoff, handleWhen, retry } from "cockatiel";
import { isAbort, LlmopsError, toLlmopsError } from "../errors/llmops-error.js";
import { withDeadlines } from "../gateway/with-deadlines.js";
import { deriveSeed } from "../math/random.js";
import type { ChatRequest, Completion, SamplingParameters } from "../openai/completion.js";
import { collectChunks, type CompletionTarget } from "../openai/completion-target.js";
import type { Score } from "../scoring/scorer.js";
import { PARAMETERS } from "./parameters.js";
import { fillTemplate } from "./prompt-template.js";
import type { Cell, Setting, StudyPlan } from "./study.js";

/** What may pass when it is tried again. */
const PASSING = ["ENDPOINT_UNREACHABLE", "ENDPOINT_ERROR", "QUEUE_FULL"];
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export type CellOutcome = { ok: true; completion: Completion; scores: Record<string, Score> } | { ok: false; error: LlmopsError };

export interface FinishedCell extends Cell {
  seed: number;
  outcome: CellOutcome;
}

export interface CellLimits {
  /** For one attempt. */
  timeoutMs: number;
  /** Further attempts at what may pass. */
  retries: number;
}

/** What a cell is asked, and within which limits. */
export interface CellContext extends CellLimits {
  target: CompletionTarget;
  signal: AbortSignal;
}

/** The request of one cell; its seed depends on study, setting, sample and repeat. */
export function toRequest(plan: StudyPlan, cell: Cell): ChatRequest & { seed: number } {
  const setting = { ...plan.fixed, ...plan.settings[cell.setting] };
  const sample = plan.dataset.samples[cell.sample];
  if (!sample) throw new RangeError(`no sample ${cell.sample} in the plan`);
  const text = (name: string) => (setting[name] === undefined ? undefined : plan.texts[String(setting[name])]);
  const system = text("system");
  const seed = deriveSeed(setting["seed"] ?? plan.seed, JSON.stringify(plan.settings[cell.setting]), sample.id, cell.repeat);
  return {
    messages: [
      ...(system === undefined || system === "" ? [] : [{ role: "system" as const, content: fillTemplate(system, sample) }]),
      { role: "user", content: fillTemplate(text("prompt") ?? "{{question}}", sample) },
    ],
    ...toSampling(setting),
    seed,
  };
}

function toSampling(setting: Setting): SamplingParameters {
  return Object.fromEntries(
    Object.entries(setting).flatMap(([name, value]) => {
      const spec = PARAMETERS[name];
      return spec?.kind === "sampling" ? [[spec.field, value]] : [];
    }),
  );
}

/** Asks and scores one cell; a failure is its outcome. Undefined when the signal aborted meanwhile. */
export async function runCell(plan: StudyPlan, cell: Cell, context: CellContext): Promise<FinishedCell | undefined> {
  const { signal } = context;
  const request = toRequest(plan, cell);
  try {
    const completion = await ask(request, context);
    const scores = await scoreAll(plan, cell, completion, signal);
    return { ...cell, seed: request.seed, outcome: { ok: true, completion, scores } };
  } catch (thrown) {
    if (signal.aborted || isAbort(thrown)) return undefined;
    return { ...cell, seed: request.seed, outcome: { ok: false, error: toLlmopsError(thrown) } };
  }
}

function ask(request: ChatRequest, { target, timeoutMs, retries, signal }: CellContext): Promise<Completion> {
  const deadlines = { totalMs: timeoutMs, firstTokenMs: undefined, stallMs: undefined };
  const attempt = () =>
    collectChunks(
      withDeadlines((inner) => target.complete(request, { signal: inner }), deadlines, signal),
      target.location,
    );
  if (retries === 0) return attempt();
  const policy = retry(
    handleWhen((error) => error instanceof LlmopsError && PASSING.includes(error.code)),
    { maxAttempts: retries, backoff: new DelegateBackoff(pauseBefore) },
  );
  return unlessAborted(policy.execute(attempt, signal), signal);
}

/** The work, or the signal's reason at once: the policy's pauses do not end with the signal. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener("abort", stop);
  }
}

/** As long as the server asks, otherwise longer each time, with full jitter. */
function pauseBefore({ attempt, result }: { attempt: number; result: unknown }): number {
  const error = (result as { error?: unknown }).error;
  const asked = error instanceof LlmopsError ? error.retryAfterSeconds : undefined;
  if (asked !== undefined) return Math.min(LONGEST_PAUSE_MS, asked * 1000);
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}

async function scoreAll(plan: StudyPlan, cell: Cell, completion: Completion, signal: AbortSignal): Promise<Record<string, Score>> {
  const sample = plan.dataset.samples[cell.sample];
  const scores: Record<string, Score> = {};
  if (!sample) return scores;
  for (const scorer of plan.scorers) {
    const score = scorer.score(sample, completion, { earlier: scores, signal });
    scores[scorer.name] = score instanceof Promise ? await score : score;
  }
  return scores;
}
