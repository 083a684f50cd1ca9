import { Flags } from "@oclif/core";
import { checkSameForAll, conductWholeGrading, readRubrics, withGrading } from "../../app/judging/judge.js";
import { judgingFlags } from "../../cli/flags/grading-flags.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { toCard } from "../../lib/experiments/evaluation/calibrate.js";
import { writeCard, type CalibrationCard } from "../../lib/experiments/evaluation/calibration-card.js";
import { readGradedDataset, type GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import { datasetMap, readLabelRows } from "../../lib/experiments/evaluation/label-rows.js";
import { findLabelColumns, joinLabels, readLabels, type Labels } from "../../lib/experiments/evaluation/labels.js";
import type { StudyCommand } from "../../app/studies/study-resume.js";
import { gradedSample } from "../../lib/experiments/judge/judge-scorer.js";
import { scaleOf, type Rubric } from "../../lib/experiments/judge/rubric.js";
import { cardReport } from "../../lib/report/calibration-table.js";
import { checkOutputFlags, publishReport, reportFlagsWithoutJunit } from "../../cli/flags/output-flags.js";
import { experimentFlag } from "../../cli/flags/store-flags.js";
import { studyFlags } from "../../cli/flags/study-flags.js";
import { ResumableCommand } from "../../cli/command/resumable-command.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { cardFolder } from "../../app/studies/study-folders.js";

const SHOWN_IDS = 5;

/** `llmops judge calibrate`: how well a judge agrees with people. */
export default class JudgeCalibrate extends ResumableCommand {
  static override summary = "Measure how well a judge agrees with people, and keep the card.";
  static override description =
    "Rows have question, answer and people's levels: a column label (or human, gold, rating, verdict, pass, score, grade), label_1, " +
    "label_2, ... for several raters, or the columns --label names; pass and fail (true/false, yes/no, correct/incorrect, 1/0) do as " +
    "well. --map label=COLUMN,label_id=COLUMN name them in the file of --labels. The card in .llmops/judges is bound to the judge's fingerprint: model, prompt, rubric and method. " +
    "`judge` shows it, `judge --require-kappa` asks for it, and its frozen answers are graded again in every later run.";
  static override examples = [
    "<%= config.bin %> judge calibrate --labels human.csv --rubric accuracy",
    "<%= config.bin %> judge calibrate --dataset answers.jsonl --labels passed.csv --pass-at 4",
    "<%= config.bin %> judge calibrate --labels human.jsonl --label anna --label ben -m judge.gguf --judge-reason before",
  ];
  static override flags = {
    ...judgingFlags,
    labels: Flags.string({ helpValue: "FILE", description: "rows with people's levels, or pass and fail; with --dataset joined by id" }),
    dataset: Flags.string({ char: "d", helpValue: "FILE", description: "rows with question and answer [default: the file of --labels]" }),
    map: studyFlags.map,
    label: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "COLUMN",
      description: "column with a person's levels; repeatable",
    }),
    "pass-at": Flags.integer({ helpValue: "LEVEL", description: "the level from which an answer passes [default: the second best]" }),
    "keep-anchors": Flags.integer({ default: 12, min: 0, max: 100, description: "answers frozen to watch the judge by" }),
    experiment: experimentFlag("judge-calibration"),
    ...reportFlagsWithoutJunit,
  };

  async run(): Promise<CalibrationCard> {
    const { flags } = await this.parseResumed(JudgeCalibrate);
    checkOutputFlags(flags);
    const command = this.asStudyCommand();
    const [rubric, ...more] = readRubrics(flags, ["accuracy"]);
    if (!rubric || more.length > 0) {
      throw new LlmopsError("INVALID_ARGUMENT", "A calibration is of one rubric.", { hint: "Name one with --rubric." });
    }
    if (flags.labels === undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", "There are no labels to compare with.", {
        hint: "Name rows that people graded with --labels FILE.",
      });
    }
    checkSameForAll([rubric], "a calibration");
    const { graded, labels } = await readLabelled(command, { ...flags, labels: flags.labels }, rubric);
    return withGrading(command, flags, { rubrics: [rubric], graded }, async (grading) => {
      const result = await conductWholeGrading(command, flags, grading);
      const passAt = flags["pass-at"] ?? scaleOf(rubric).high - 1;
      const card = cardOf(result, { graded, labels, rubric, passAt, anchors: flags["keep-anchors"] });
      const path = writeCard(cardFolder(), card);
      await publishReport(cardReport(card, terminalScreen().chalk), flags, (text) => this.log(text));
      this.log(`Kept as ${path}; recorded as run ${result.study.run_id ?? "(not yet)"} in ${result.study.tracking_uri}.`);
      return card;
    });
  }
}

interface LabelFlags {
  labels: string;
  dataset?: string | undefined;
  label?: string[] | undefined;
  map?: string[] | undefined;
  limit?: number | undefined;
  seed: number;
}

/** The answers that people labelled, and their labels; says on standard error what was chosen and left out. */
async function readLabelled(
  command: StudyCommand,
  { labels: file, dataset: answers, label = [], map, limit = 0, seed }: LabelFlags,
  rubric: Rubric,
): Promise<{ graded: GradedDataset; labels: Labels }> {
  const isDataset = answers === undefined;
  const labelRows = await readLabelRows(file, { map, isDataset });
  const { columns, others } = findLabelColumns(labelRows, label);
  if (others.length > 0) command.note(`Labels: the column "${columns[0] ?? ""}" (not ${others.join(", ")}: --label chooses).`);
  const read = await readGradedDataset(answers ?? file, { limit, seed, hasModel: false, answers: "given", map: datasetMap(map) });
  const { dataset, unmatched, unlabelled } = joinLabels(read.dataset, labelRows);
  if (!isDataset && (unmatched.length > 0 || unlabelled > 0)) command.note(describeJoin(unmatched, unlabelled));
  return { graded: { ...read, dataset }, labels: readLabels(labelRows, columns, rubric) };
}

/** What the join by id left out, with the first ids. */
function describeJoin(unmatched: readonly string[], unlabelled: number): string {
  const named = unmatched.slice(0, SHOWN_IDS).join(", ") + (unmatched.length > SHOWN_IDS ? ", ..." : "");
  const parts = [
    ...(unmatched.length > 0 ? [`${unmatched.length} labels have no row in the dataset (${named})`] : []),
    ...(unlabelled > 0 ? [`${unlabelled} rows have no label and are not graded`] : []),
  ];
  return `${parts.join("; ")}.`;
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
  const labelled = rows.flatMap(({ id, answer, score }) => {
    const sample = samples.get(id);
    // as the judge saw it, so that an anchor is graded again in the same words
    return sample ? [{ id, ...gradedSample(sample, answer ?? ""), score, labels: labels.byId.get(id) ?? [] }] : [];
  });
  return toCard(labelled, {
    ...facts,
    labels: labels.kind,
    fingerprint: judge.criteria[0]?.fingerprint ?? "",
    judge: { models: judge.models.map(({ model }) => model), method: judge.method, reason: judge.reason, layout: judge.layout },
    created: new Date().toISOString(),
    dataset: { path: study.dataset.path, digest: study.dataset.digest },
  });
}
