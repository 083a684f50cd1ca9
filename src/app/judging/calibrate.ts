import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { toCard } from "../../lib/experiments/evaluation/calibrate.js";
import { writeCard, type CalibrationCard } from "../../lib/experiments/evaluation/calibration-card.js";
import type { GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import type { Labels } from "../../lib/experiments/evaluation/labels.js";
import { gradedSample } from "../../lib/experiments/judge/judge-scorer.js";
import { scaleOf, type Rubric } from "../../lib/experiments/judge/rubric.js";
import type { Host } from "../host/host.js";
import { cardFolder } from "../studies/study-folders.js";
import type { KeptStudy } from "./audit.js";
import { checkSameForAll, readRubrics } from "./choose-rubrics.js";
import { withGrading } from "./open-grading.js";
import { readLabeled, type LabelOptions } from "./read-labeled.js";
import { noteUnscored, runWholeGrading } from "./whole-grading.js";

/** Answers frozen to watch a judge by, where nobody says how many. */
export const DEFAULT_ANCHORS = 12;

/** Answers that people graded, for a judge to be compared with. */
export interface CalibrationOptions extends LabelOptions {
  /** The level from which an answer passes; the second best when absent. */
  passAt?: number | undefined;
  /** Answers frozen to watch the judge by. */
  keepAnchors?: number | undefined;
}

/**
 * Measures how well a judge agrees with people, and keeps the card. Throws what `judge` throws, and ABORTED or BUDGET_SPENT where not
 * all was graded.
 */
export async function calibrateJudge(options: CalibrationOptions, host: Host): Promise<KeptStudy & { card: CalibrationCard }> {
  const [rubric, ...more] = readRubrics(options, ["accuracy"]);
  if (!rubric || more.length > 0) {
    throw new LlmopsError("INVALID_ARGUMENT", "A calibration covers exactly one rubric.", { hint: "Name one with --rubric." });
  }
  if (options.labels === undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", "No labels were given.", {
      hint: "Pass rows graded by people with --labels FILE.",
    });
  }
  checkSameForAll([rubric], "a calibration");
  const { graded, labels } = await readLabeled({ ...options, labels: options.labels }, rubric, host);
  return withGrading(options, { rubrics: [rubric], graded }, host, async (grading) => {
    const result = await runWholeGrading(options, { ...grading, name: "calibrateJudge", experiment: "judge-calibration" }, host);
    noteUnscored(result, host);
    const { passAt = scaleOf(rubric).high - 1, keepAnchors: anchors = DEFAULT_ANCHORS } = options;
    const card = cardOf(result, { graded, labels, rubric, passAt, anchors });
    return { card, path: writeCard(cardFolder(), card), runId: result.study.run_id, trackingUri: result.study.tracking_uri };
  });
}

interface CardParts {
  graded: GradedDataset;
  labels: Labels;
  rubric: Rubric;
  passAt: number;
  anchors: number;
}

function cardOf({ rows, judge, study }: JudgementResult, { graded, labels, ...facts }: CardParts): CalibrationCard {
  const samples = new Map(graded.dataset.samples.map((sample) => [sample.id, sample]));
  const labeled = rows.flatMap(({ id, answer, score }) => {
    const sample = samples.get(id);
    // as the judge saw it, so that an anchor is graded again in the same words
    return sample ? [{ id, ...gradedSample(sample, answer ?? ""), score, labels: labels.byId.get(id) ?? [] }] : [];
  });
  return toCard(labeled, {
    ...facts,
    labels: labels.kind,
    fingerprint: judge.criteria[0]?.fingerprint ?? "",
    judge: { models: judge.models.map(({ model }) => model), method: judge.method, reason: judge.reason, layout: judge.layout },
    created: new Date().toISOString(),
    dataset: { path: study.dataset.path, digest: study.dataset.digest },
  });
}
