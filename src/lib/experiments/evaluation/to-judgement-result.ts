import { demoValidity } from "../judge/demo-domain.js";
import type { GradedSample } from "../judge/judge-prompt.js";
import { gradedSample } from "../judge/judge-scorer.js";
import { rateLimitsOf, type RateWatch } from "../../inference/openai/rate-watch.js";
import type { CellRecord } from "../study/cell-record.js";
import type { StudyJournal } from "../study/study-journal.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { StudyPlan } from "../study/study.js";
import { toJudgeDocument, type JudgeFacts } from "./judge-document.js";
import { toMetrics } from "./criterion-metrics.js";
import { doubtfulIds, toRows, worstState, type JudgedRow } from "./judged-rows.js";
import type { JudgementResult } from "./judgement-result.js";

export interface JudgementFacts extends JudgeFacts {
  command: string;
  commandName: string;
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
    judge: toJudgeDocument(facts, validity),
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
