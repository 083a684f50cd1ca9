import { Args } from "@oclif/core";
import { LlmopsError } from "../lib/base/errors/llmops-error.js";
import type { ForecastDocument } from "../lib/report/forecast-table.js";
import type { SweepResult } from "../lib/experiments/study/sweep-result.js";
import { SweepingCommand } from "../cli/command/sweeping-command.js";
import { experimentFlag } from "../cli/flags/store-flags.js";
import { omit, studyFlags } from "../cli/flags/study-flags.js";

/** `llmops eval`: one setting over a dataset, scored, checked and recorded as a sweep of one. */
export default class Eval extends SweepingCommand {
  static override summary = "Score one setting on a dataset, check it against thresholds or a baseline, and record it.";
  static override description =
    "Asks a model every question of a dataset with one setting (--set, --system, --prompt) and scores the answers: a sweep of " +
    "a single setting. --set @best.yaml reads what `optimize --apply` or `sweep --best` wrote.";
  static override examples = [
    "<%= config.bin %> eval --dataset qa.jsonl --set temperature=0 --scorer exact",
    "<%= config.bin %> eval --set @best.yaml --baseline main --fail-under 'accuracy<0.9'",
    "<%= config.bin %> eval --endpoint http://127.0.0.1:8000 --system @system.txt --html report.html",
    "<%= config.bin %> eval --resume last",
  ];
  static override args = {
    suite: Args.string({ description: "reserved for files of several evaluations", hidden: true }),
  };
  static override flags = { ...omit(studyFlags, ["race", "correction"]), experiment: experimentFlag("eval") };

  async run(): Promise<SweepResult | ForecastDocument> {
    const { args, flags } = await this.parseResumed(Eval);
    if (args.suite !== undefined) throw unknownArgument(args.suite);
    return this.sweep({ ...flags, race: false, correction: "none" }, { design: "one" });
  }
}

/** What an argument may have been meant as. */
function unknownArgument(text: string): LlmopsError {
  const message = `eval takes no argument, but "${text}" was given.`;
  if (/\.(jsonl|json|csv|tsv)(\.gz)?$/i.test(text)) {
    return new LlmopsError("INVALID_ARGUMENT", message, { hint: `To name a dataset, pass --dataset ${text}.` });
  }
  if (/\.ya?ml$/i.test(text)) {
    return new LlmopsError("INVALID_ARGUMENT", message, {
      hint: `Files of several evaluations are not supported yet. To read a setting, pass --set @${text}; a dataset, --dataset ${text}.`,
    });
  }
  return new LlmopsError("INVALID_ARGUMENT", message, {
    hint: text.includes("=")
      ? `To set a parameter, pass --set ${text}; to compare several values, use llmops sweep.`
      : "See llmops eval --help.",
  });
}
