import { panelFingerprint, type Judge } from "../judge/judge.js";
import { demoValidity, type JudgeValidity } from "../judge/demo-domain.js";
import { gradedSample, type JudgedDetails } from "../judge/judge-scorer.js";
import type { GradedSample } from "../judge/judge-prompt.js";
import type { Rubric } from "../judge/rubric.js";
import { rateLimitsOf, type RateLimitDocument, type RateWatch } from "../openai/rate-watch.js";
import type { CheckResult, EndedCells } from "../gates/checks.js";
import type { CellError } from "../study/error-tally.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { CellRecord, StudyJournal } from "../study/study-journal.js";
import type { StudyPlan } from "../study/study.js";
import type { JudgeShift } from "./anchors.js";
import { toCardSummary, type CalibrationCard, type CardSummary } from "./calibration-card.js";
import { toMetrics, type CriterionMetrics } from "./criterion-metrics.js";

/** Rows a person should look at. */
const DOUBTFUL_ROWS = 10;
/** Bits of entropy from which a judge is in doubt: as of two levels, one four times as likely as the other. */
const DOUBT_BITS = 0.72;

export interface JudgedRow {
  id: string;
  criterion: string;
  score: number | null;
  /** The probability of each level, lowest first. */
  distribution: number[] | null;
  entropy: number | null;
  justification: string | null;
  method: string | null;
  /** failed: there is no answer to grade; filtered: it was withheld; unscored: the judge gave no score that could be read. */
  state: "scored" | "unscored" | "failed" | "filtered";
  /** Why there is no score. */
  problem: string | null;
  question: string;
  answer: string | null;
  reference: string | null;
  panel?: JudgedDetails["panel"];
}

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
    rows: { scored: number; unscored: number; failed: number; filtered: number; resumed: number };
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
      seed: plan.seed,
      rows: {
        scored: count("scored"),
        unscored: count("unscored"),
        failed: count("failed"),
        filtered: count("filtered"),
        resumed: run.resumed,
      },
      ...{ tokens: run.tokens, ...rateLimitsOf(facts.rates) },
      seconds: Math.round(facts.seconds * 100) / 100,
      ...{ tracking_uri: facts.trackingUri, experiment: facts.experiment },
      experiment_id: facts.experimentId,
      run_id: facts.runId,
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
      validity: demoValidity(
        facts.judges,
        facts.rubrics,
        records.flatMap((record) => gradedOf(plan, record)),
      ),
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

function toRows(plan: StudyPlan, record: CellRecord, rubrics: readonly Rubric[]): JudgedRow[] {
  const { id = "", question = "", answer: reference = null } = plan.dataset.samples[record.sample] ?? {};
  const { text: answer = null } = record;
  return rubrics.map(({ name }) => ({ id, criterion: name, question, answer, reference, ...toVerdictFields(record, name) }));
}

type VerdictFields = Omit<JudgedRow, "id" | "criterion" | "question" | "answer" | "reference">;

const NOTHING_READ: Omit<JudgedDetails, "method"> & { method: string | null } = { method: null, distribution: null, entropy: null };

function toVerdictFields({ details = {}, explanations = {}, scores = {}, error }: CellRecord, name: string): VerdictFields {
  const { distribution, entropy, method, panel } = (details[name] as JudgedDetails | undefined) ?? NOTHING_READ;
  const { [name]: said = null } = explanations;
  const { [name]: score = null } = scores;
  const read = { distribution, entropy, method, ...(panel && { panel }) };
  if (score !== null) return { score, ...read, justification: said, state: "scored", problem: null };
  return { score, ...read, justification: null, state: stateOf(error), problem: error?.message ?? said };
}

function stateOf(error: CellRecord["error"]): JudgedRow["state"] {
  if (error === undefined) return "unscored";
  return error.code === "CONTENT_FILTERED" ? "filtered" : "failed";
}

/** The rows of a judgement as cells that ended. */
export function endedRows({ scored, unscored, failed, filtered }: JudgementResult["study"]["rows"]): EndedCells {
  return { done: scored + unscored + failed + filtered, failed, filtered, unscored };
}

/** Rows of a judgement by sample, in their order. */
export function bySample(rows: readonly JudgedRow[]): JudgedRow[][] {
  const samples = new Map<string, JudgedRow[]>();
  for (const row of rows) samples.set(row.id, [...(samples.get(row.id) ?? []), row]);
  return [...samples.values()];
}

function worstState(rows: readonly JudgedRow[]): JudgedRow["state"] {
  return rows.find(({ state }) => state !== "scored")?.state ?? "scored";
}

function answersOf({ responses, dataset }: StudyPlan): JudgementResult["target"]["answers"] {
  const given = dataset.samples.filter(({ id }) => responses?.has(id)).length;
  return given === 0 ? "generated" : given === dataset.samples.length ? "given" : "both";
}

function doubtfulIds(rows: readonly JudgedRow[]): string[] {
  const doubt = new Map<string, number>();
  for (const { id, entropy, panel } of rows) {
    const scores = (panel ?? []).flatMap(({ score }) => (score === null ? [] : [score]));
    const apart = scores.length > 1 ? Math.max(...scores) - Math.min(...scores) : 0;
    const most = Math.max(entropy ?? 0, apart >= 1.5 ? 1 + apart : 0);
    if (most >= DOUBT_BITS) doubt.set(id, Math.max(doubt.get(id) ?? 0, most));
  }
  return [...doubt]
    .sort(([, a], [, b]) => b - a)
    .slice(0, DOUBTFUL_ROWS)
    .map(([id]) => id);
}
