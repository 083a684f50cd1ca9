import { z } from "zod";
import { panelFingerprint, type Judge } from "../judge/judge.js";
import { demoValidity, describeValidity, judgeValiditySchema } from "../judge/demo-domain.js";
import { gradedSample } from "../judge/judge-scorer.js";
import type { GradedSample } from "../judge/judge-prompt.js";
import type { Rubric } from "../judge/rubric.js";
import { rateLimitsOf, type RateWatch } from "../../inference/openai/rate-watch.js";
import { checkResultSchema } from "../gates/checks.js";
import { cellErrorSchema } from "../study/error-tally.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { CellRecord } from "../study/cell-record.js";
import type { StudyJournal } from "../study/study-journal.js";
import { type StudyPlan, settingSchema } from "../study/study.js";
import { type JudgeShift, judgeShiftSchema } from "./anchors.js";
import { toCardSummary, type CalibrationCard, cardSummarySchema } from "./calibration-card.js";
import { toMetrics, criterionMetricsSchema } from "./criterion-metrics.js";
import { doubtfulIds, toRows, worstState, type JudgedRow, rowCountsSchema, judgedRowSchema } from "./judged-rows.js";
import { datasetFields, modelsSchema, recordedFields, studyStatusSchema, tokensSchema } from "../study/document-fields.js";

export const judgementResultSchema = z.object({
  schema: z.literal("llmops.judge/2"),
  command: z.string(),
  study: z.object({
    id: z.string(),
    resume: z.string(),
    name: z.string(),
    status: studyStatusSchema,
    dataset: z.object(datasetFields),
    seed: z.number(),
    fixed: settingSchema.describe("What the model under test was asked with."),
    rows: rowCountsSchema.extend({
      resumed: z.number(),
    }),
    tokens: tokensSchema,
    ...recordedFields,
    experiment_id: z.string().nullable(),
  }),
  target: z.object({
    model: z.string(),
    location: z.string(),
    answers: z.enum(["given", "generated", "both"]),
  }),
  judge: z.object({
    models: modelsSchema,
    method: z.string(),
    reason: z.string(),
    layout: z.string(),
    votes: z.number().nullable(),
    self: z.boolean().describe("The judge grades answers of its own model."),
    criteria: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        weight: z.number(),
        levels: z.record(z.string(), z.string()),
        fingerprint: z.string(),
        card: cardSummarySchema.nullable(),
      }),
    ),
    validity: judgeValiditySchema.nullable().describe("Whether the demo model knows what it grades; null for any other judge."),
    warnings: z.array(z.string()).describe("What speaks against trusting the judge, a sentence each."),
    shift: judgeShiftSchema.nullable().describe("Frozen answers graded again: how far the judge has moved since they were kept."),
  }),
  metrics: z.record(z.string(), criterionMetricsSchema),
  rows: z.array(judgedRowSchema),
  doubtful: z.array(z.string()).describe("Ids of the rows the judges are least sure of, the most doubtful first."),
  errors: z.array(cellErrorSchema).describe("Why rows have no score, the commonest reason first."),
  checks: z.array(checkResultSchema).describe("What the result had to hold, and whether it does."),
});

/** The document `llmops judge --json` prints. */
export type JudgementResult = z.infer<typeof judgementResultSchema>;

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
