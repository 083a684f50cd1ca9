import { forecastJudging, judge } from "../../app/judging/judge.js";
import { judgePairwise } from "../../app/judging/pairwise.js";
import { ResumableCommand } from "../../cli/command/resumable-command.js";
import { judgementFlags, judgementOf, pairwiseOf } from "../../cli/flags/grading-flags.js";
import { checkOutputFlags } from "../../cli/flags/output-flags.js";
import { publishJudgement, publishPairwise } from "../../cli/output/judgement-output.js";
import type { JudgementForecast } from "../../lib/experiments/evaluation/forecast-judgement.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import type { PairwiseResult } from "../../lib/experiments/evaluation/pairwise-result.js";
import { renderJudgementForecast } from "../../lib/report/judgement-forecast.js";

/** `llmops judge`: answers graded by a model. */
export default class Judge extends ResumableCommand {
  static override summary = "Grade answers from 1 to 5 with a model, by one or more criteria.";
  static override description =
    "Rows have question, and optionally answer (or response), reference and context. Where rows have no answer, the model under test " +
    "answers first. If the judge returns token probabilities, its score is read from them: the expected score, with how sure the judge " +
    "is. What cannot be read stays unscored.";
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
  static override flags = judgementFlags;

  async run(): Promise<JudgementResult | JudgementForecast | PairwiseResult> {
    const { flags } = await this.parseResumed(Judge);
    checkOutputFlags(flags);
    const host = this.asHost();
    const log = (text: string) => this.log(text);
    if (flags.pairwise) {
      return publishPairwise(await judgePairwise({ ...pairwiseOf(flags, flags.pairwise), ...this.origin() }, host), flags, log);
    }
    const options = { ...judgementOf(flags), ...this.origin() };
    if (!flags["dry-run"]) return publishJudgement(await judge(options, host), flags, log);
    const forecast = await forecastJudging(options, host);
    log(renderJudgementForecast(forecast));
    return forecast;
  }
}
