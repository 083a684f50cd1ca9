import { SWEPT_ENGINE_NAMES } from "../lib/base/config/engine-parameters.js";
import { optimize } from "../app/optimizing/optimize.js";
import type { OptimizationResult } from "../lib/experiments/optimize/optimization-result.js";
import { parseSearch } from "../lib/experiments/study/parse-search.js";
import { readSearchFile } from "../lib/experiments/study/search-file.js";
import { checkOutputFlags } from "../cli/flags/output-flags.js";
import { publishOptimization } from "../cli/output/optimization-output.js";
import { optimizeFlags, optimizeOf } from "../cli/flags/optimize-flags.js";
import { ResumableCommand } from "../cli/command/resumable-command.js";

/** `llmops optimize`: the best setting of a space, and the proof that it is better. */
export default class Optimize extends ResumableCommand {
  static override summary = "Search for the best setting, and prove it against the default on rows no trial saw.";
  static override description =
    "Ranges are a..b, a..b:log, a..b:int, a..b:STEP, or a list a,b,c. A Gaussian process that knows how exactly each trial was measured chooses " +
    "the next setting; trials that are clearly worse stop early. The best settings and the default then answer held-out rows, and a " +
    "paired test says whether the difference is real.\n\n" +
    `Sampling and prompts are searched as well as engines: ${SWEPT_ENGINE_NAMES.join(", ")}, model.`;
  static override strict = false;
  static override usage = "optimize [PARAMETER=RANGE...] [FLAGS]";
  static override examples = [
    "<%= config.bin %> optimize temperature=0.1..1.0 top_p=0.5..1.0 --trials 30",
    "<%= config.bin %> optimize temperature=0..1.5 min_p=0.001..0.3:log --objective judge:accuracy",
    "<%= config.bin %> optimize temperature=0..1 --objective accuracy --where 'latency_p95<2'",
    "<%= config.bin %> optimize threads=1..8:int slots=1..16:int batch=64..512:log --objective tokens_per_second",
    "<%= config.bin %> optimize temperature=0..1 max_tokens=8..64 --objective accuracy --objective latency:min --html front.html",
    "<%= config.bin %> optimize --space space.yaml --apply best.yaml",
    "<%= config.bin %> optimize --resume last",
  ];
  static override flags = optimizeFlags;

  async run(): Promise<OptimizationResult> {
    const { flags, argv } = await this.parseResumed(Optimize);
    const words = [...(flags.space === undefined ? [] : readSearchFile(flags.space)), ...(argv as string[])];
    checkOutputFlags(flags, [flags.apply]);
    const options = { ...optimizeOf(flags), dimensions: parseSearch(words), ...this.origin() };
    const found = await optimize(options, this.asHost());
    return publishOptimization(found, { flags, apply: flags.apply, maxFailed: flags["max-failed"], log: (text) => this.log(text) });
  }
}
