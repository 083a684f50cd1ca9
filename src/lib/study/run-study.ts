import { isAbort, toLlmopsError, type LlmopsError } from "../errors/llmops-error.js";
import { createRandom, deriveSeed, shuffle } from "../math/random.js";
import type { CompletionRequest, SamplingParameters } from "../openai/completion.js";
import { collectCompletion, type CompletionTarget } from "../openai/completion-target.js";
import type { Score } from "../scoring/scorer.js";
import { PARAMETERS } from "./parameters.js";
import type { Cell, FinishedCell, Setting, StudyPlan } from "./study.js";

/** This many failures before any success mean that the target does not work at all. */
const HOPELESS_FAILURES = 5;

export interface RunOptions {
  signal?: AbortSignal;
  onCell?: (cell: FinishedCell) => void;
}

/**
 * Runs all cells of a plan, several at a time, and returns the finished ones: fewer than planned
 * only when the signal aborted. A failed cell is kept with its error. Throws the first error when
 * nothing works at all.
 */
export async function runStudy(plan: StudyPlan, target: CompletionTarget, { signal, onCell }: RunOptions = {}): Promise<FinishedCell[]> {
  const queue = orderCells(plan).values();
  const finished: FinishedCell[] = [];
  const stop = new AbortController();
  const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const work = async () => {
    for (const cell of queue) {
      if (either.aborted) return;
      const done = await runCell(plan, cell, target, either);
      if (!done) return;
      finished.push(done);
      onCell?.(done);
      const hopeless = hopelessError(finished);
      if (hopeless) {
        stop.abort();
        throw hopeless;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: plan.concurrency }, work));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return finished;
}

/**
 * Samples in random order; all settings and repeats of a sample side by side, so that its prompt is
 * evaluated once, and in random order too, so that no setting always runs first.
 */
export function orderCells(plan: StudyPlan): Cell[] {
  const random = createRandom(deriveSeed(plan.seed, "order"));
  const samples = shuffle(
    plan.dataset.samples.map((_, i) => i),
    random,
  );
  return samples.flatMap((sample) => {
    const cells = plan.repeats.flatMap((repeats, setting) => Array.from({ length: repeats }, (_, repeat) => ({ setting, sample, repeat })));
    return shuffle(cells, random);
  });
}

/** The request of one cell; its seed depends on study, setting, sample and repeat. */
export function toRequest(plan: StudyPlan, cell: Cell): CompletionRequest & { seed: number } {
  const setting = plan.settings[cell.setting] ?? {};
  const sample = plan.dataset.samples[cell.sample];
  if (!sample) throw new RangeError(`no sample ${cell.sample} in the plan`);
  const system = plan.systemPrompt === undefined ? [] : [{ role: "system" as const, content: plan.systemPrompt }];
  const seed = deriveSeed(plan.seed, JSON.stringify(setting), sample.id, cell.repeat);
  return { messages: [...system, { role: "user", content: sample.question }], ...toSampling({ ...plan.fixed, ...setting }), seed };
}

function toSampling(setting: Setting): SamplingParameters {
  return Object.fromEntries(Object.entries(setting).map(([name, value]) => [PARAMETERS[name]?.field ?? name, value]));
}

/** A finished cell, or undefined when the study was stopped meanwhile. */
async function runCell(plan: StudyPlan, cell: Cell, target: CompletionTarget, signal: AbortSignal): Promise<FinishedCell | undefined> {
  const request = toRequest(plan, cell);
  try {
    const completion = await collectCompletion(target, request, { signal });
    const sample = plan.dataset.samples[cell.sample];
    const scores: Record<string, Score> = {};
    if (sample) for (const scorer of plan.scorers) scores[scorer.name] = scorer.score(sample, completion);
    return { ...cell, seed: request.seed, outcome: { ok: true, completion, scores } };
  } catch (thrown) {
    if (signal.aborted || isAbort(thrown)) return undefined;
    return { ...cell, seed: request.seed, outcome: { ok: false, error: toLlmopsError(thrown) } };
  }
}

function hopelessError(finished: readonly FinishedCell[]): LlmopsError | undefined {
  if (finished.length < HOPELESS_FAILURES || finished.some((cell) => cell.outcome.ok)) return undefined;
  const first = finished[0]?.outcome;
  return first && !first.ok ? first.error : undefined;
}
