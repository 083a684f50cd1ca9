import { calibrateJudge } from "../../app/judging/calibrate.js";
import { ResumableCommand } from "../../cli/command/resumable-command.js";
import { calibrationFlags, calibrationOf } from "../../cli/flags/grading-flags.js";
import { checkOutputFlags, publishReport } from "../../cli/flags/output-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import type { CalibrationCard } from "../../lib/experiments/evaluation/calibration-card.js";
import { cardReport } from "../../lib/report/calibration-table.js";
import { calibrationPage } from "../../lib/report/page/judge-pages.js";

/** `llmops judge calibrate`: how well a judge agrees with people. */
export default class JudgeCalibrate extends ResumableCommand {
  static override summary = "Measure how well a judge agrees with people, and save a calibration card.";
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
  static override flags = calibrationFlags;

  async run(): Promise<CalibrationCard> {
    const { flags } = await this.parseResumed(JudgeCalibrate);
    checkOutputFlags(flags);
    const { card, path, runId, trackingUri } = await calibrateJudge({ ...calibrationOf(flags), ...this.origin() }, this.asHost());
    const report = cardReport(card, terminalScreen().chalk);
    await publishReport(report, { page: () => calibrationPage(card, report), flags, log: (text) => this.log(text) });
    this.log(`Kept as ${path}; recorded as run ${runId ?? "(not yet)"} in ${trackingUri}.`);
    return card;
  }
}
