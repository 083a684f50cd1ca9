import { counted } from "../../lib/base/errors/counted.js";
import { forecastJudgement, type JudgementForecast } from "../../lib/experiments/evaluation/forecast-judgement.js";
import { readGradedDataset, type AnswerSource, type GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import type { Host } from "../host/host.js";
import { fixedParameters, type PromptOptions } from "../studies/fixed-parameters.js";
import { DEFAULT_LIMIT, DEFAULT_SEED, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { limitsOf } from "../studies/study-options.js";
import { CRITERION_COLUMNS, readRubrics, rubricsFor } from "./choose-rubrics.js";
import {
  passJudgementGates,
  readBaselineGate,
  readJudgementGates,
  type JudgementGateOptions,
  type JudgementGates,
} from "./judgement-gates.js";
import { withGrading, type GradingOptions, type OpenGrading } from "./open-grading.js";
import { readMethod } from "./open-judges.js";
import { runGrading } from "./run-grading.js";

/** Answers that judges grade, and what their grades have to hold. */
export interface JudgementOptions extends GradingOptions, PromptOptions, JudgementGateOptions {
  /** Whether the dataset has the answers, or a model gives them; by its columns when absent. */
  answers?: AnswerSource | undefined;
  /** Refuse a judge whose calibration card agrees less with people, or that has none. */
  requireKappa?: number | undefined;
  /** Grade the calibration's frozen answers again; so it is when absent. */
  anchors?: boolean | undefined;
}

/**
 * Grades answers by rubrics and records the grades. An interrupted judgement ends with what was graded by then. Throws
 * INVALID_ARGUMENT, DATASET_NOT_FOUND, DATASET_INVALID, RUBRIC_NOT_FOUND, JUDGE_UNCALIBRATED, STUDY_CHANGED, and what opening a model
 * or a store throws.
 */
export function judge(options: JudgementOptions, host: Host): Promise<JudgementResult> {
  return withJudgement(options, host, async (grading, gates) => {
    const cards = { anchors: options.anchors ?? true, leastKappa: options.requireKappa };
    const result = await runGrading(options, cards, { ...grading, name: "judge", experiment: "judge", kind: "judge" }, host);
    return { ...result, checks: passJudgementGates(gates, result) };
  });
}

/** Says what a judgement would cost, having graded a few rows. Throws what `judge` throws. */
export function forecastJudging(options: JudgementOptions, host: Host): Promise<JudgementForecast> {
  return withJudgement(options, host, ({ plan, panel, targets }) => {
    const { judges, rubrics } = panel;
    return forecastJudgement(plan, targets, { judges, rubrics, limits: limitsOf(options), signal: host.signal });
  });
}

async function withJudgement<T>(
  options: JudgementOptions,
  host: Host,
  work: (grading: OpenGrading, gates: JudgementGates) => Promise<T>,
): Promise<T> {
  await readMethod(options); // before a file is read
  const baseline = readBaselineGate(options);
  if (options.rubrics ?? options.criteria) readRubrics(options); // before a long file is read
  const graded = await readGraded(options, host);
  const rubrics = rubricsFor(options, graded, host);
  const request = { rubrics, graded, fixed: fixedParameters(options), minEffect: options.minEffect };
  return withGrading(options, request, host, (grading) => work(grading, readJudgementGates(options, baseline, grading.plan)));
}

/** Reads what is to be graded, and tells the host how its columns were understood. */
async function readGraded(options: JudgementOptions, { note }: Host): Promise<GradedDataset> {
  const hasModel = options.dataset === undefined || options.modelPath !== undefined || options.endpoint !== undefined;
  const { answers, limit = DEFAULT_LIMIT, seed = DEFAULT_SEED, map } = options;
  const graded = await readGradedDataset(options.dataset ?? EXAMPLE_DATASET, { answers, limit, seed, hasModel, map });
  const { samples, available } = graded.dataset;
  const rows =
    samples.length === available ? counted(available, "row") : `${samples.length} of ${counted(available, "row")} (--limit 0 uses all)`;
  note(`${rows}. ${graded.reading}`);
  // the judge is shown context, and criteria by rows; a model that answers first is not
  const shown = ["{{context}}", ...CRITERION_COLUMNS.map((name) => `{{${name}}}`)];
  const isGiven = graded.responses.size === samples.length;
  for (const text of datasetNotes(graded.dataset, isGiven ? shown : shown.slice(1))) note(text);
  return graded;
}
