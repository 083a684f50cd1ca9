import { Flags } from "@oclif/core";
import { conductWholeGrading, readRubrics, withGrading } from "../../conduct-judgement.js";
import { cardFolder, judgingFlags } from "../../grading-flags.js";
import { LlmopsError } from "../../lib/errors/llmops-error.js";
import { toCard } from "../../lib/evaluation/calibrate.js";
import { writeCard, type CalibrationCard } from "../../lib/evaluation/calibration-card.js";
import { readGradedDataset, type GradedDataset } from "../../lib/evaluation/graded-dataset.js";
import type { JudgementResult } from "../../lib/evaluation/judgement-result.js";
import { findLabelColumns, readLabels } from "../../lib/evaluation/labels.js";
import { gradedSample } from "../../lib/judge/judge-scorer.js";
import { scaleOf, type Rubric } from "../../lib/judge/rubric.js";
import { renderCard } from "../../lib/report/calibration-table.js";
import { experimentFlag } from "../../store-flags.js";
import { ResumableCommand } from "../../resumable-command.js";
import { terminalScreen } from "../../terminal-screen.js";

/** `llmops judge calibrate`: how well a judge agrees with people. */
export default class JudgeCalibrate extends ResumableCommand {
  static override summary = "Measure how well a judge agrees with people, and keep the card.";
  static override description =
    "Rows have question, answer and people's levels: a column label (or human, gold, rating), label_1, label_2, ... for several raters, " +
    "or the columns --label names. The card in .llmops/judges is bound to the judge's fingerprint: model, prompt, rubric and method. " +
    "`judge` shows it, --require-kappa asks for it, and its frozen answers are graded again in every later run.";
  static override examples = [
    "<%= config.bin %> judge calibrate --labels human.csv --rubric accuracy",
    "<%= config.bin %> judge calibrate --labels human.jsonl --label anna --label ben -m judge.gguf --judge-reason before",
  ];
  static override flags = {
    ...judgingFlags,
    labels: Flags.string({ helpValue: "FILE", description: "rows with question, answer and people's levels" }),
    label: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "COLUMN",
      description: "column of a person's levels, several times",
    }),
    "pass-at": Flags.integer({ helpValue: "LEVEL", description: "the level from which an answer passes [default: the second best]" }),
    "keep-anchors": Flags.integer({ default: 12, min: 0, max: 100, description: "answers frozen to watch the judge by" }),
    experiment: experimentFlag("judge-calibration"),
  };

  async run(): Promise<CalibrationCard> {
    const { flags } = await this.parseResumed(JudgeCalibrate);
    const command = this.asStudyCommand();
    const [rubric, ...others] = readRubrics(flags, ["accuracy"]);
    if (!rubric || others.length > 0) {
      throw new LlmopsError("INVALID_ARGUMENT", "A calibration is of one rubric.", { hint: "Name one with --rubric." });
    }
    if (flags.labels === undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", "There are no labels to compare with.", {
        hint: "Name rows that people graded with --labels FILE.",
      });
    }
    const limit = flags.limit ?? 0;
    const graded = await readGradedDataset(flags.labels, { limit, seed: flags.seed, hasModel: false, answers: "given" });
    const columns = findLabelColumns(graded.dataset, flags.label ?? []);
    const labels = readLabels(graded.dataset, columns, rubric);
    return withGrading(command, flags, { rubrics: [rubric], graded }, async (grading) => {
      const result = await conductWholeGrading(command, flags, grading);
      const passAt = flags["pass-at"] ?? scaleOf(rubric).high - 1;
      const card = cardOf(result, { graded, labels, rubric, passAt, anchors: flags["keep-anchors"] });
      const path = writeCard(cardFolder(), card);
      this.log(renderCard(card, terminalScreen()));
      this.log(`Kept as ${path}; recorded as run ${result.study.run_id ?? "(not yet)"} in ${result.study.tracking_uri}.`);
      return card;
    });
  }
}

interface CardParts {
  graded: GradedDataset;
  labels: ReadonlyMap<string, (number | null)[]>;
  rubric: Rubric;
  passAt: number;
  anchors: number;
}

function cardOf({ rows, judge, study }: JudgementResult, { graded, labels, ...facts }: CardParts): CalibrationCard {
  const samples = new Map(graded.dataset.samples.map((sample) => [sample.id, sample]));
  const labelled = rows.flatMap(({ id, answer, score }) => {
    const sample = samples.get(id);
    // as the judge saw it, so that an anchor is graded again in the same words
    return sample ? [{ id, ...gradedSample(sample, answer ?? ""), score, labels: labels.get(id) ?? [] }] : [];
  });
  return toCard(labelled, {
    ...facts,
    fingerprint: judge.criteria[0]?.fingerprint ?? "",
    judge: { models: judge.models.map(({ model }) => model), method: judge.method, reason: judge.reason, layout: judge.layout },
    created: new Date().toISOString(),
    dataset: { path: study.dataset.path, digest: study.dataset.digest },
  });
}
