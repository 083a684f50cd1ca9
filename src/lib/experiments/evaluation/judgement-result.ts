import { panelFingerprint, type Judge } from "../judge/judge.js";
import { demoValidity, describeValidity, type JudgeValidity } from "../judge/demo-domain.js";
import { gradedSample } from "../judge/judge-scorer.js";
import type { GradedSample } from "../judge/judge-prompt.js";
import type { Rubric } from "../judge/rubric.js";
import { rateLimitsOf, type RateLimitDocument, type RateWatch } from "../../inference/openai/rate-watch.js";
import type { CheckResult } from "../gates/checks.js";
import type { CellError } from "../study/error-tally.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { CellRecord, StudyJournal } from "../study/study-journal.js";
import type { Setting, StudyPlan } from "../study/study.js";
import type { JudgeShift } from "./anchors.js";
import { toCardSummary, type CalibrationCard, type CardSummary } from "./calibration-card.js";
import { toMetrics, type CriterionMetrics } from "./criterion-metrics.js";
import { doubtfulIds, toRows, worstState, type JudgedRow, type RowCounts } from "./judged-rows.js";

/** The document `llmops judge --json` prints. */
export interface JudgementResult {
  schema: "llmops.judge/2";
  command: string;
  study: {
    id: string;
    resume: string;
    name: string;
    status: StudyRun["status"];
    dataset: { path: string; digest: string; samples: number; available: number };
    seed: number;
    /** What the model under test was asked with. */
    fixed: Setting;
    rows: RowCounts & { resumed: number };
    tokens: { prompt: number; completion: number };
    /** Only where requests were refused for their rate. */
    rate_limits?: RateLimitDocument[];
    seconds: number;
    tracking_uri: string;
    experiment: string;
    experiment_id: string | null;
    run_id: string | null;
  };
  target: { model: string; location: string; answers: "given" | "generated" | "both" };
  judge: {
    models: { model: string; location: string }[];
    method: string;
    reason: string;
    layout: string;
    votes: number | null;
    /** The judge grades answers of its own model. */
    self: boolean;
    criteria: {
      name: string;
      title: string;
      weight: number;
      levels: Record<string, string>;
      fingerprint: string;
      card: CardSummary | null;
    }[];
    /** Whether the demo model knows what it grades; null for any other judge. */
    validity: JudgeValidity | null;
    /** What speaks against trusting the judge, a sentence each. */
    warnings: string[];
    /** Frozen answers graded again: how far the judge has moved since they were kept. */
    shift: JudgeShift | null;
  };
  metrics: Record<string, CriterionMetrics>;
  rows: JudgedRow[];
  /** Ids of the rows the judges are least sure of, the most doubtful first. */
  doubtful: string[];
  /** Why rows have no score, the commonest reason first. */
  errors: CellError[];
  /** What the result had to hold, and whether it does. */
  checks: CheckResult[];
}

const GRADES_ITSELF = "The judge grades answers of its own model: models favour what they write themselves.";

export interface JudgementFacts {
  command: string;
  commandName: string;
  rubrics: readonly Rubric[];
  judges: readonly Judge[];
  self: boolean;
  /** Of each rubric, where its judge was calibrated. */
  cards: readonly (CalibrationCard | undefined)[];
  shift: JudgeShift | null;
  target: { model: string; location: string };
  seconds: number;
  trackingUri: string;
  experiment: string;
  experimentId: string | null;
  runId: string | null;
  /** What endpoints refused for their rate. */
  rates?: RateWatch | undefined;
}

/** Puts a judgement into its published form, the worst rows first. */
export function toJudgementResult(plan: StudyPlan, run: StudyRun, journal: StudyJournal, facts: JudgementFacts): JudgementResult {
  const records = run.table.cellsOf(0).flatMap((cell) => journal.read(run.table.indexOf(cell)) ?? []);
  const byRow = records.map((record) => toRows(plan, record, facts.rubrics));
  const overallOf = (rows: readonly JudgedRow[]) => Math.min(...rows.map(({ score }) => score ?? Infinity));
  const rows = [...byRow].sort((a, b) => overallOf(a) - overallOf(b)).flat();
  const count = (state: JudgedRow["state"]) => byRow.filter((own) => worstState(own) === state).length;
  const [first] = facts.judges;
  const { truncated } = run.table.counts(0);
  const validity = demoValidity(
    facts.judges,
    facts.rubrics,
    records.flatMap((record) => gradedOf(plan, record)),
  );
  const { path, digest, samples, available } = plan.dataset;
  return {
    schema: "llmops.judge/2",
    command: facts.command,
    study: {
      id: journal.header.id,
      resume: `${facts.commandName} --resume ${journal.header.id}`,
      name: plan.name,
      status: run.status,
      dataset: { path, digest, samples: samples.length, available },
      ...{ seed: plan.seed, fixed: plan.fixed },
      rows: {
        ...{ scored: count("scored"), unscored: count("unscored") },
        ...{ failed: count("failed"), filtered: count("filtered"), resumed: run.resumed },
        ...(truncated !== undefined && { truncated }),
      },
      ...{ tokens: run.tokens, ...rateLimitsOf(facts.rates) },
      seconds: Math.round(facts.seconds * 100) / 100,
      ...{ tracking_uri: facts.trackingUri, experiment: facts.experiment },
      ...{ experiment_id: facts.experimentId, run_id: facts.runId },
    },
    target: { ...facts.target, answers: answersOf(plan) },
    judge: {
      models: facts.judges.map(({ target: { model, location } }) => ({ model, location })),
      method: first?.options.method ?? "",
      reason: first?.options.reason ?? "",
      layout: first?.options.layout ?? "",
      votes: first?.options.method === "votes" ? first.options.votes : null,
      self: facts.self,
      criteria: facts.rubrics.map((rubric, i) => ({
        name: rubric.name,
        title: rubric.title,
        weight: rubric.weight,
        levels: Object.fromEntries(rubric.levels.map(({ value, text }) => [value, text])),
        fingerprint: panelFingerprint(facts.judges, rubric),
        card: facts.cards[i] ? toCardSummary(facts.cards[i]) : null,
      })),
      validity,
      warnings: [describeValidity(validity) ?? [], facts.self ? [GRADES_ITSELF] : []].flat(),
      shift: facts.shift,
    },
    metrics: toMetrics(plan, records, facts, rows),
    rows,
    doubtful: doubtfulIds(rows),
    ...{ errors: run.errors, checks: [] },
  };
}

/** What the judge was shown of a row. */
function gradedOf({ dataset }: StudyPlan, { sample: index, text }: CellRecord): GradedSample[] {
  const sample = dataset.samples[index];
  return sample && text !== undefined ? [gradedSample(sample, text)] : [];
}

function answersOf({ responses, dataset }: StudyPlan): JudgementResult["target"]["answers"] {
  const given = dataset.samples.filter(({ id }) => responses?.has(id)).length;
  return given === 0 ? "generated" : given === dataset.samples.length ? "given" : "both";
}
