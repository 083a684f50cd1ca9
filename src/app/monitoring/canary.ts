import { z } from "zod";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { checkComparable, readCanary, type Canary } from "../../lib/operations/canary/canary-baseline.js";
import { compareCanary, type Tolerances, canaryComparisonSchema } from "../../lib/operations/canary/compare-canary.js";
import { askedOf, toCanary } from "../../lib/operations/canary/to-canary.js";
import { currentUser } from "../../lib/base/config/environment.js";
import { readDataset } from "../../lib/experiments/dataset/read-dataset.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { RateWatch, rateLimitsOf, rateLimitDocumentSchema } from "../../lib/inference/openai/rate-watch.js";
import { renderCanary } from "../../lib/report/canary-table.js";
import { describeRateLimits } from "../../lib/report/rate-limit-lines.js";
import { resolveScorers } from "../../lib/experiments/scoring/scorers.js";
import { checkSize } from "../../lib/experiments/gates/check-size.js";
import { scaleOf } from "../../lib/experiments/study/check-sizes.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import { planSweep } from "../../lib/experiments/study/plan-sweep.js";
import { type CellError, cellErrorSchema } from "../../lib/experiments/study/error-tally.js";
import { countCells, type StudyPlan } from "../../lib/experiments/study/study.js";
import { runSweepPlan } from "../../lib/experiments/study/sweep.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { writeOutput } from "../../lib/base/files/output-files.js";
import { withProgress } from "../../cli/terminal/progress.js";
import { withTracker } from "../tracking/with-store.js";
import { type StudyFlagValues } from "../../cli/flags/study-flags.js";
import { openJournal, withJournal } from "../studies/study-journals.js";
import { originOf, typedBy } from "../studies/study-options.js";
import type { Host } from "../host/host.js";
import { concurrencyOf, listed, openStudyTarget } from "../studies/study-target.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { counted } from "../../lib/base/errors/counted.js";
import { EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { fixedParameters } from "../studies/fixed-parameters.js";
import { targetOf } from "../../cli/flags/target-flags.js";
import { promptOf } from "../../cli/flags/study-flags.js";

const TIMED = ["response_length", "latency_seconds", "first_token_seconds"];
const DEFAULT_REPEATS = 3;

/** The command around a canary. */
export interface CanaryCommand extends Host {
  name: string;
  argv: readonly string[];
  log: (text: string) => void;
}

export type CanaryFlags = Pick<
  StudyFlagValues,
  | ("model_path" | "endpoint" | "model" | "api-key-env" | "ctx-size" | "threads" | "batch-size" | "gpu" | "flash-attn" | "cache-type")
  | (
      | "deterministic"
      | "dataset"
      | "map"
      | "repeats"
      | "seed"
      | "system"
      | "prompt"
      | "max_tokens"
      | "set"
      | "concurrency"
      | "timeout"
      | "retries"
    )
  | ("scorer" | "tracking-uri" | "experiment")
> & { limit: number; name: string; bless: boolean };

export const canaryDocumentSchema = z.object({
  schema: z.literal("llmops.monitor-canary/2"),
  name: z.string(),
  path: z.string(),
  model: z.string(),
  target: z.string(),
  time: z.string(),
  run_id: z.string().nullable(),
  blessed: z.boolean(),
  comparison: canaryComparisonSchema.nullable(),
  rate_limits: z.array(rateLimitDocumentSchema).exactOptional().describe("Only where requests were refused for their rate."),
  errors: z.array(cellErrorSchema),
});

/** What a canary found; `comparison` is null for one that was kept. */
export type CanaryDocument = z.infer<typeof canaryDocumentSchema>;

/** Asks the fixed prompts once, records the run, and compares it with the canary that was kept, or keeps it. Throws BASELINE_NOT_FOUND. */
export async function conductCanary(command: CanaryCommand, flags: CanaryFlags, tolerances: Tolerances): Promise<CanaryDocument> {
  const path = canaryPath(flags.name);
  const before = flags.bless ? undefined : readCanary(path);
  const metrics = [...new Set([...(flags.scorer ?? ["contains"]), ...TIMED])];
  const plan = await planCanary(flags, metrics, command.signal);
  checkSize("--quality-tolerance", tolerances.quality, scaleOf(plan.primary));
  if (before) checkComparable(before, askedOf(plan, metrics));
  const { canary, runId, errors, limits } = await ask(command, flags, { plan, metrics });
  const comparison = before ? compareCanary(before, canary, tolerances) : null;
  if (flags.bless) {
    mkdirSync(dirname(path), { recursive: true });
    await writeOutput(path, `${JSON.stringify(canary, null, 1)}\n`);
    command.log(`Kept how ${canary.model} answers as ${path}. Compare with it: llmops monitor canary`);
  }
  for (const line of describeRateLimits(limits)) command.log(line);
  if (comparison) command.log(renderCanary(comparison, terminalScreen()));
  const { model, target, created: time } = canary;
  return {
    schema: "llmops.monitor-canary/2",
    name: flags.name,
    path,
    model,
    target,
    time,
    run_id: runId,
    blessed: flags.bless,
    comparison,
    ...limits,
    errors,
  };
}

/** Canaries are kept for version control, in the folder at hand. */
function canaryPath(name: string): string {
  if (/^[\w][\w.-]*$/.test(name)) return join(".llmops", "canary", `${name}.json`);
  throw new LlmopsError("INVALID_ARGUMENT", `"${name}" is not a canary name.`, {
    hint: "Use letters, digits, dots, dashes and underscores.",
  });
}

async function planCanary(flags: CanaryFlags, metrics: readonly string[], signal: AbortSignal): Promise<StudyPlan> {
  const scorers = await resolveScorers([...metrics], {}, signal);
  const dataset = await readDataset(flags.dataset ?? EXAMPLE_DATASET, { limit: flags.limit, seed: flags.seed, map: flags.map });
  const plan = planSweep([], dataset, {
    ...{
      design: "single",
      strategies: [{}],
      fixed: fixedParameters(promptOf(flags)),
      repeats: flags.repeats ?? DEFAULT_REPEATS,
      seed: flags.seed,
    },
    ...{ concurrency: concurrencyOf(flags, []), correction: "none", minEffect: 0, scorers, addRepeats: false },
  });
  return { ...plan, name: `canary ${flags.name}` };
}

async function ask(
  command: CanaryCommand,
  flags: CanaryFlags,
  { plan, metrics }: { plan: StudyPlan; metrics: readonly string[] },
): Promise<{ canary: Canary; runId: string | null; errors: CellError[]; limits: ReturnType<typeof rateLimitsOf> }> {
  const rates = new RateWatch();
  const targets = new TargetPool(plan, (params) =>
    openStudyTarget({ ...targetOf(flags), concurrency: flags.concurrency }, params, { slots: plan.concurrency, rates }, command),
  );
  try {
    const opened = await targets.all();
    const target = { model: listed(opened, "model"), location: listed(opened, "location") };
    for (const note of datasetNotes(plan.dataset, Object.values(plan.texts), plan.scorers)) command.note(note);
    command.note(`Canary of ${target.model}: ${counted(plan.dataset.samples.length, "row")}, ${counted(countCells(plan), "completion")}.`);
    const journal = openJournal(plan, { origin: originOf({ command }, "canary"), opened });
    const sweep = () =>
      withTracker(
        flags["tracking-uri"],
        (text) => command.note(text),
        ({ tracker, uri }) =>
          withProgress(countCells(plan), "cells", (tick) =>
            runSweepPlan(plan, targets, {
              ...{ tracker, journal, target, trackingUri: uri, experiment: flags.experiment, user: currentUser(), command: command.name },
              typed: typedBy(command),
              ...{ resumed: false, retryFailed: false, rules: [], signal: command.signal, onCell: tick },
              limits: { timeoutMs: flags.timeout * 1000, retries: flags.retries },
            }),
          ),
      );
    const work = async () => {
      const { result, run } = await sweep();
      if (run.status !== "finished") throw new LlmopsError("ABORTED", "The canary was interrupted; nothing was compared.");
      return {
        canary: toCanary({ plan, run, journal, target, metrics }),
        runId: result.study.run_id,
        errors: run.errors,
        limits: rateLimitsOf(rates),
      };
    };
    return await withJournal(journal, work, () => true);
  } finally {
    rates.close();
    await targets.close();
  }
}
