import { rateLimitsOf, type RateLimitDocument, type RateWatch } from "../../inference/openai/rate-watch.js";
import { toComparisonDocument, type ComparisonDocument } from "../../base/stats/comparison-document.js";
import type { Estimate } from "../../base/stats/estimate.js";
import { REFERENCE_SHARE } from "../../base/stats/all-pairs.js";
import { ALPHA } from "../../base/stats/multiplicity.js";
import type { CheckResult } from "../gates/checks.js";
import type { CellError } from "./error-tally.js";
import type { StudyRun } from "./study-ledger.js";
import { latencyDrift } from "./drift.js";
import { describeSetting, primaryMetric, type Setting, type StudyPlan } from "./study.js";
import type { SettingSummary, StudySummary } from "./summarise.js";

/** The document `llmops sweep --json` prints. Names are snake_case; `schema` changes when fields do. */
export interface SweepResult {
  schema: "llmops.sweep/3";
  command: string;
  study: {
    id: string;
    /** What goes on with it. */
    resume: string;
    name: string;
    /** The study whose answers were scored, and what continues it; only where nothing was asked. */
    scored_from?: { id: string; resume: string };
    status: StudyRun["status"];
    model: string;
    target: string;
    dataset: { path: string; digest: string; samples: number; available: number };
    /** The scorer that decides, the metric its mean is kept under, and whether more of it is better. */
    scorer: string;
    metric: string;
    direction: "max" | "min" | "none";
    kind: "rate" | "mean";
    /** The scorers that were asked for, the one that decides first. */
    scorers: { name: string; kind: "rate" | "mean"; direction: "max" | "min" | "none" }[];
    seed: number;
    concurrency: number;
    correction: string;
    min_effect: number;
    fixed: Setting;
    cells: CellsDocument & { resumed: number };
    tokens: { prompt: number; completion: number };
    /** Latency of the last quarter of cells over that of the first; null for a short run. */
    latency_drift: number | null;
    /** Only where requests were refused for their rate. */
    rate_limits?: RateLimitDocument[];
    seconds: number;
    tracking_uri: string;
    experiment: string;
    experiment_id: string | null;
    run_id: string | null;
  };
  settings: SettingResult[];
  /**
   * How settings were compared: this many pairs as one family. The share of the error rate that pairs with the reference have to
   * themselves; null where it was not named beforehand and all pairs count the same.
   */
  comparisons: { pairs: number; correction: string; alpha: number; reference_share: number | null };
  /** The setting the comparisons are with. */
  reference: Setting | null;
  best: { params: Setting; value: number; run_id: string | null; tied_with: { params: Setting }[] } | null;
  /** Why cells have no score, the commonest reason first. */
  errors: CellError[];
  /** What the result had to hold, and whether it does. */
  checks: CheckResult[];
}

/**
 * How cells ended: `done` are all that did, `unscored` those answered but without a value of the scorer that decides, `truncated` those
 * whose answer was cut off at the limit of tokens (scored as they are; absent where there are none).
 */
export interface CellsDocument {
  done: number;
  failed: number;
  filtered: number;
  unscored: number;
  truncated?: number;
  planned: number;
}

export interface SettingResult {
  name: string;
  params: Setting;
  repeats: number;
  metrics: Record<string, Estimate>;
  /** Of rights and wrongs with repeats: at least one of k right, all k right, both right and wrong. */
  reliability: { k: number; pass_any: number; pass_all: number; flaky: number } | null;
  cells: CellsDocument;
  /** By scorer: answers it gave no value; the scorer that decides is counted in `cells` too. */
  unscored: Record<string, number>;
  /** What its model takes, where it runs in this process. */
  model: { quantization: string; size_bytes: number; memory_bytes: number } | null;
  /** Settings that share a letter are not told apart. */
  letters: string;
  pareto: boolean;
  stopped: string | null;
  comparison: ComparisonDocument | null;
  run_id: string | null;
}

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
export function toSweepResult(plan: StudyPlan, run: StudyRun, summary: StudySummary, facts: SweepFacts): SweepResult {
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
  return [primary, ...others].map(({ name, kind, direction }) => ({ name, kind, direction }));
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
