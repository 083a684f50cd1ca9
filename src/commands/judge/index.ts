import { Flags, type Interfaces } from "@oclif/core";
import { conductGrading, readGraded, readRubrics, rubricsFor, withGrading } from "../../app/judging/judge.js";
import { conductPairwise } from "../../app/judging/pairwise.js";
import { answersFlag, gradingFlags, passingFlags } from "../../cli/flags/grading-flags.js";
import { checkBaselines, checkCriterion, checkLeastScore, judgementOutputs, parseLeastScore } from "../../app/judging/judgement-outputs.js";
import { forecastJudgement, type JudgementForecast } from "../../lib/experiments/evaluation/forecast-judgement.js";
import { endedRows } from "../../lib/experiments/evaluation/judged-rows.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import type { PairwiseResult } from "../../lib/experiments/evaluation/pairwise-result.js";
import { renderJudgementForecast } from "../../lib/report/judgement-forecast.js";
import { renderJudgement } from "../../lib/report/judgement-table.js";
import { readBaseline } from "../../lib/experiments/runs/baseline.js";
import { checksWithin, exitCodeOf, failureLimit } from "../../lib/experiments/gates/checks.js";
import { parseRequirement } from "../../lib/experiments/gates/requirement.js";
import { checkRequirements } from "../../lib/experiments/study/check-requirement.js";
import { checkOutputFlags, writeOutputs } from "../../cli/flags/output-flags.js";
import { experimentFlag } from "../../cli/flags/store-flags.js";
import { describeCheck } from "../../app/studies/study-gates.js";
import { ResumableCommand } from "../../cli/command/resumable-command.js";
import type { StudyCommand } from "../../app/studies/study-resume.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { baselineFolder } from "../../app/studies/study-folders.js";
import { fixedParameters } from "../../app/studies/fixed-parameters.js";
import { promptOf } from "../../cli/flags/study-flags.js";

/** `llmops judge`: answers graded by a model. */
export default class Judge extends ResumableCommand {
  static override summary = "Grade answers from 1 to 5 with a model, by one or more criteria.";
  static override description =
    "Rows have question, and optionally answer (or response), reference and context. Where rows have no answer, the model under test " +
    "gives it first. The judge's score is read from its token probabilities where it gives them: the expected score, with how sure it " +
    "is. What cannot be read is unscored, never a made-up number.";
  static override examples = [
    "<%= config.bin %> judge --dataset qa.jsonl",
    "<%= config.bin %> judge --dataset answers.jsonl --rubric correctness --rubric clarity --html report.html",
    "<%= config.bin %> judge -m small.gguf --judge-model_path large.gguf --set temperature=0.7",
    "<%= config.bin %> judge -d answers.jsonl --criteria 'The answer is polite.' --min-score 4",
    "<%= config.bin %> judge -d answers.jsonl --judge-endpoint https://api.openai.com/v1 --judge-model gpt-4o-mini --judge-api-key-env OPENAI_API_KEY",
    "<%= config.bin %> judge --pairwise base.jsonl tuned.jsonl",
    "<%= config.bin %> judge --pairwise base.gguf tuned.gguf --dataset qa.jsonl --judge-model_path judge.gguf",
    "<%= config.bin %> judge --resume last --retry-failed",
  ];
  static override flags = {
    ...gradingFlags,
    answers: answersFlag,
    ...passingFlags,
    pairwise: Flags.string({
      multiple: true,
      helpValue: "A B...",
      description: "compare answers of two or more files (rows matched by id) or models, instead of grading them [default rubric: quality]",
      exclusive: ["min-score", "require", "max-failed", "baseline", "require-kappa", "answers", "dry-run", "min-effect"],
    }),
    experiment: experimentFlag("judge"),
  };

  async run(): Promise<JudgementResult | JudgementForecast | PairwiseResult> {
    const { flags } = await this.parseResumed(Judge);
    const command = this.asStudyCommand();
    if (flags.pairwise) return conductPairwise(command, flags, flags.pairwise, readRubrics(flags, ["quality"]));
    return this.grade(command, flags);
  }

  private async grade(command: StudyCommand, flags: JudgeCommandFlags): Promise<JudgementResult | JudgementForecast> {
    const baseline = flags.baseline === undefined ? undefined : readBaseline(baselineFolder(), flags.baseline);
    checkOutputFlags(flags);
    if (flags.rubric ?? flags.criteria) readRubrics(flags); // before a long file is read
    const graded = await readGraded(command, flags);
    const rubrics = rubricsFor(command, flags, graded);
    const request = { rubrics, graded, fixed: fixedParameters(promptOf(flags)), minEffect: flags["min-effect"] };
    return withGrading(command, flags, request, async (grading) => {
      const least = (flags["min-score"] ?? []).map((text) => parseLeastScore(text, grading.plan));
      const required = (flags.require ?? []).map(parseRequirement);
      checkRequirements(grading.plan, required);
      const limit = failureLimit(flags["max-failed"], least.length + required.length > 0 || baseline !== undefined);
      if (flags["dry-run"]) {
        const limits = { timeoutMs: flags.timeout * 1000, retries: flags.retries };
        const { judges, rubrics: named } = grading.seat;
        const context = { judges, rubrics: named, limits, signal: command.signal };
        const forecast = await forecastJudgement(grading.plan, grading.targets, context);
        this.log(renderJudgementForecast(forecast));
        return forecast;
      }
      const cards = { anchors: flags.anchors, leastKappa: flags["require-kappa"] };
      const found = await conductGrading(command, flags, cards, grading);
      const rows = endedRows(found.study.rows);
      const checks = checksWithin(
        limit,
        [rows],
        [
          ...least.map((one) => checkLeastScore(found, one)),
          ...required.map((one) => checkCriterion(found.metrics, one)),
          ...(baseline ? checkBaselines({ name: flags.baseline ?? "", baseline }, found, flags["min-effect"]) : []),
        ],
      );
      const result = { ...found, checks };
      this.log(renderJudgement(result, terminalScreen()));
      for (const check of checks) this.log(describeCheck(check));
      await writeOutputs(judgementOutputs(result), flags);
      process.exitCode = exitCodeOf({ status: result.study.status, checks, done: rows.done, scored: found.study.rows.scored });
      return result;
    });
  }
}

type JudgeCommandFlags = Interfaces.InferredFlags<typeof Judge.flags>;
