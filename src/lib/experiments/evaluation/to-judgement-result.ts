import { demoValidity, describeValidity } from "../judge/demo-domain.js";
import type { GradedSample } from "../judge/judge-prompt.js";
import { gradedSample } from "../judge/judge-scorer.js";
import { panelFingerprint, type Judge } from "../judge/judge.js";
import type { Rubric } from "../judge/rubric.js";
import { rateLimitsOf, type RateWatch } from "../../inference/openai/rate-watch.js";
import type { CellRecord } from "../study/cell-record.js";
import type { StudyJournal } from "../study/study-journal.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { StudyPlan } from "../study/study.js";
import type { JudgeShift } from "./anchors.js";
import { toCardSummary, type CalibrationCard } from "./calibration-card.js";
import { toMetrics } from "./criterion-metrics.js";
import { doubtfulIds, toRows, worstState, type JudgedRow } from "./judged-rows.js";
import type { JudgementResult } from "./judgement-result.js";

const GRADES_ITSELF = "The judge grades answers of its own model: models favor what they write themselves.";

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
