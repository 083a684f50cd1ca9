import { Args } from "@oclif/core";
import type { ForecastDocument } from "../lib/report/forecast-table.js";
import type { SweepResult } from "../lib/experiments/study/sweep-result.js";
import { experimentFlag } from "../cli/flags/store-flags.js";
import { studyFlags } from "../cli/flags/study-flags.js";
import { SweepingCommand } from "../cli/command/sweeping-command.js";
import { LlmopsError } from "../lib/base/errors/llmops-error.js";

/** `llmops ab`: two models, the same prompts, one verdict. */
export default class Ab extends SweepingCommand {
  static override summary = "Compare two models on the same questions, and say whether the difference is certain.";
  static override description =
    "Models are GGUF files, runs:/ and models:/ references, demo, URLs of endpoints, or names of models at --endpoint. Both get the same " +
    "prompts with the same seeds, in turns of ten samples, and are recorded in one experiment. B is compared with A, sample by sample.";
  static override examples = [
    "<%= config.bin %> ab base.gguf finetuned.gguf --dataset qa.jsonl",
    "<%= config.bin %> ab http://127.0.0.1:8080 http://127.0.0.1:8081 --limit 0 --html ab.html",
    "<%= config.bin %> ab models:/qa@champion models:/qa/7 --fail-under 'accuracy<0.9'",
  ];
  static override args = {
    a: Args.string({ description: "the current model" }),
    b: Args.string({ description: "the candidate model" }),
  };
  static override flags = { ...studyFlags, experiment: experimentFlag("ab") };

  async run(): Promise<SweepResult | ForecastDocument> {
    const { args, flags } = await this.parseResumed(Ab);
    if (args.a === undefined || args.b === undefined || args.a === args.b) {
      throw new LlmopsError("INVALID_ARGUMENT", "Two different models are needed.", {
        hint: "For example: llmops ab base.gguf tuned.gguf",
      });
    }
    const isUrl = (name: string) => /^https?:\/\//.test(name);
    if (isUrl(args.a) !== isUrl(args.b)) {
      throw new LlmopsError("INVALID_ARGUMENT", "An endpoint and a model file cannot be timed in the same way.", {
        hint: "Serve the file too (llmops serve -m FILE --port 8081), then name both URLs.",
      });
    }
    const dimensions = [{ name: isUrl(args.a) ? "endpoint" : "model", values: [args.a, args.b] }];
    return this.sweep(flags, { dimensions, design: "single", againstFirst: true });
  }
}
