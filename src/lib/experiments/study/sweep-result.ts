import { z } from "zod";
import { rateLimitsOf, type RateWatch } from "../../inference/openai/rate-watch.js";
import { toComparisonDocument, comparisonDocumentSchema } from "../../base/stats/comparison-document.js";
import { estimateSchema } from "../../base/stats/estimate.js";
import { REFERENCE_SHARE } from "../../base/stats/all-pairs.js";
import { ALPHA } from "../../base/stats/multiplicity.js";
import { checkResultSchema } from "../gates/checks.js";
import { pairDocumentSchema, type ToldPairs } from "./every-pair.js";
import { cellErrorSchema } from "./error-tally.js";
import type { StudyRun } from "./study-ledger.js";
import { latencyDrift } from "./drift.js";
import { describeSetting, primaryMetric, type Setting, type StudyPlan, settingSchema } from "./study.js";
import type { SettingSummary, StudySummary } from "./summarize.js";
import { datasetFields, recordedFields, studyStatusSchema, tokensSchema } from "./document-fields.js";

export const cellsDocumentSchema = z.object({
  done: z.number(),
  failed: z.number(),
  filtered: z.number(),
  unscored: z.number(),
  truncated: z.number().exactOptional(),
  planned: z.number(),
});

/**
 * How cells ended: `done` are all that did, `unscored` those answered but without a value of the scorer that decides, `truncated` those
 * whose answer was cut off at the limit of tokens (scored as they are; absent where there are none).
 */
export type CellsDocument = z.infer<typeof cellsDocumentSchema>;

const scorerDocumentSchema = z.object({
  name: z.string(),
  kind: z.enum(["rate", "mean"]),
  direction: z.enum(["max", "min", "none"]),
});

const settingResultSchema = z.object({
  name: z.string(),
  params: settingSchema,
  repeats: z.number(),
  metrics: z.record(z.string(), estimateSchema),
  reliability: z
    .object({
      k: z.number(),
      pass_any: z.number(),
      pass_all: z.number(),
      flaky: z.number(),
    })
    .nullable()
    .describe("Of rights and wrongs with repeats: at least one of k right, all k right, both right and wrong."),
  cells: cellsDocumentSchema,
  unscored: z
    .record(z.string(), z.number())
    .describe("By scorer: answers it gave no value; the scorer that decides is counted in `cells` too."),
  model: z
    .object({
      quantization: z.string(),
      size_bytes: z.number(),
      memory_bytes: z.number(),
    })
    .nullable()
    .describe("What its model takes, where it runs in this process."),
  letters: z.string().describe("Settings that share a letter are not told apart."),
  pareto: z.boolean(),
  stopped: z.string().nullable(),
  comparison: comparisonDocumentSchema.nullable(),
  run_id: z.string().nullable(),
});

export type SettingResult = z.infer<typeof settingResultSchema>;

export const sweepResultSchema = z.object({
  schema: z.literal("llmops.sweep/3"),
  command: z.string(),
  study: z.object({
    id: z.string(),
    resume: z.string().describe("What continues with it."),
    name: z.string(),
    scored_from: z
      .object({
        id: z.string(),
        resume: z.string(),
      })
      .exactOptional()
      .describe("The study whose answers were scored, and what continues it; only where nothing was asked."),
    status: studyStatusSchema,
    model: z.string(),
    target: z.string(),
    dataset: z.object(datasetFields),
    scorer: z.string().describe("The scorer that decides, the metric its mean is kept under, and whether more of it is better."),
    metric: z.string(),
    direction: z.enum(["max", "min", "none"]),
    kind: z.enum(["rate", "mean"]),
    scorers: z.array(scorerDocumentSchema).describe("The scorers that were asked for, the one that decides first."),
    measured: z.array(scorerDocumentSchema).describe("All scorers, also those that nobody asked for; in `metrics` they have these names."),
    seed: z.number(),
    concurrency: z.number(),
    correction: z.string(),
    min_effect: z.number(),
    fixed: settingSchema,
    cells: cellsDocumentSchema.extend({
      resumed: z.number(),
    }),
    tokens: tokensSchema,
    latency_drift: z.number().nullable().describe("Latency of the last quarter of cells over that of the first; null for a short run."),
    ...recordedFields,
    experiment_id: z.string().nullable(),
  }),
  settings: z.array(settingResultSchema),
  comparisons: z
    .object({
      pairs: z.number(),
      correction: z.string(),
      alpha: z.number(),
      reference_share: z.number().nullable(),
      told: z
        .enum(["every pair", "with the reference"])
        .exactOptional()
        .describe("Whether the verdicts of every pair are in `every`, or, of more than `most_settings`, only those in `settings`."),
      most_settings: z.number().exactOptional(),
      every: z.array(pairDocumentSchema).exactOptional().describe("Every two settings that have a score, the worst difference first."),
    })
    .describe(
      "How settings were compared: this many pairs as one family. The share of the error rate that pairs with the reference have to themselves; null where it was not named beforehand and all pairs count the same.",
    ),
  reference: settingSchema.nullable().describe("The setting the comparisons are with."),
  best: z
    .object({
      params: settingSchema,
      value: z.number(),
      run_id: z.string().nullable(),
      tied_with: z.array(
        z.object({
          params: settingSchema,
        }),
      ),
    })
    .nullable(),
  errors: z.array(cellErrorSchema).describe("Why cells have no score, the commonest reason first."),
  checks: z.array(checkResultSchema).describe("What the result had to hold, and whether it does."),
});

/** The document `llmops sweep --json` prints. Names are snake_case; `schema` changes when fields do. */
export type SweepResult = z.infer<typeof sweepResultSchema>;

export interface SweepFacts {
  command: string;
  commandName: string;
  studyId: string;
  target: { model: string; location: string };
  seconds: number;
  trackingUri: string;
  experiment: string;
  experimentId: string | null;
  /** Null where the store has not answered yet. */
  parentRunId: string | null;
  runIds: (string | null)[];
  /** What endpoints refused for their rate. */
  rates?: RateWatch | undefined;
}

/** Puts a study's summary and where it was recorded into the published form. */
export function toSweepResult(
  plan: StudyPlan,
  run: StudyRun,
  summary: StudySummary & { told?: ToldPairs },
  facts: SweepFacts,
): SweepResult {
  const { path, digest, samples, available } = plan.dataset;
  const metric = primaryMetric(plan);
  return {
    schema: "llmops.sweep/3",
    command: facts.command,
    study: {
      id: facts.studyId,
      resume: `${facts.commandName} --resume ${facts.studyId}`,
      name: plan.name,
      ...(plan.stored && { scored_from: plan.stored.from }),
      status: run.status,
      model: facts.target.model,
      target: facts.target.location,
      dataset: { path, digest, samples: samples.length, available },
      scorer: plan.primary.name,
      metric,
      direction: plan.primary.direction,
      kind: plan.primary.kind,
      scorers: askedScorers(plan),
      measured: plan.scorers.map(toScorerDocument),
      seed: plan.seed,
      concurrency: plan.concurrency,
      correction: plan.correction,
      min_effect: plan.minEffect,
      fixed: plan.fixed,
      cells: { ...totalCells(summary.settings), resumed: run.resumed },
      tokens: run.tokens,
      latency_drift: latencyDrift(run.latencies),
      ...rateLimitsOf(facts.rates),
      seconds: Math.round(facts.seconds * 100) / 100,
      tracking_uri: facts.trackingUri,
      experiment: facts.experiment,
      experiment_id: facts.experimentId,
      run_id: facts.parentRunId,
    },
    settings: summary.settings.map((setting, i) =>
      toSettingResult(setting, { all: plan.settings, repeats: plan.repeats[i] ?? 0, runId: facts.runIds[i] ?? null }),
    ),
    comparisons: {
      pairs: summary.pairs,
      correction: plan.correction,
      alpha: ALPHA,
      reference_share: plan.reference === null ? null : REFERENCE_SHARE,
      ...summary.told,
    },
    reference: summary.reference === undefined ? null : (plan.settings[summary.reference] ?? null),
    best: summary.best === undefined ? null : toBest(summary, summary.best, metric, facts),
    errors: run.errors,
    checks: [],
  };
}

/** The cells of several settings together. */
export function totalCells(settings: readonly { cells: CellsDocument }[]): CellsDocument {
  const total = (key: keyof CellsDocument) => settings.reduce((sum, { cells }) => sum + (cells[key] ?? 0), 0);
  const truncated = total("truncated");
  return {
    ...{ done: total("done"), failed: total("failed"), filtered: total("filtered") },
    ...{ unscored: total("unscored"), ...(truncated > 0 && { truncated }), planned: total("planned") },
  };
}

function askedScorers({ primary, asked = [], scorers }: StudyPlan): SweepResult["study"]["scorers"] {
  const others = asked.flatMap((name) => scorers.find((scorer) => scorer.name === name && scorer !== primary) ?? []);
  return [primary, ...others].map(toScorerDocument);
}

function toScorerDocument({ name, kind, direction }: z.infer<typeof scorerDocumentSchema>): z.infer<typeof scorerDocumentSchema> {
  return { name, kind, direction };
}

function toSettingResult(
  setting: SettingSummary,
  { all, repeats, runId }: { all: readonly Setting[]; repeats: number; runId: string | null },
): SettingResult {
  const { reliability, model } = setting;
  return {
    name: describeSetting(setting.params, all),
    params: setting.params,
    repeats,
    metrics: Object.fromEntries(Object.entries(setting.metrics).filter(([, estimate]) => estimate.n > 0)),
    reliability: reliability
      ? { k: reliability.k, pass_any: reliability.passAny, pass_all: reliability.passAll, flaky: reliability.flaky }
      : null,
    cells: setting.cells,
    unscored: setting.unscored,
    model: model ? { quantization: model.quantization, size_bytes: model.fileBytes, memory_bytes: model.memoryBytes } : null,
    letters: setting.letters,
    pareto: setting.pareto,
    stopped: setting.stopped ?? null,
    comparison: setting.comparison ? toComparisonDocument(setting.comparison) : null,
    run_id: runId,
  };
}

function toBest(summary: StudySummary, best: number, metric: string, facts: SweepFacts): SweepResult["best"] {
  return {
    params: summary.settings[best]?.params ?? {},
    value: summary.settings[best]?.metrics[metric]?.mean ?? Number.NaN,
    run_id: facts.runIds[best] ?? null,
    tied_with: summary.tied.map((setting) => ({ params: summary.settings[setting]?.params ?? {} })),
  };
}
