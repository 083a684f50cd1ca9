import { SWEPT_ENGINE_NAMES } from "../lib/base/config/engine-parameters.js";
import { SAMPLING_NAMES } from "../lib/base/config/sampling-parameters.js";
import { Flags } from "@oclif/core";
import type { ForecastDocument } from "../lib/report/forecast-table.js";
import { loadStrategies } from "../lib/experiments/study/strategies.js";
import { parseSearchSpace } from "../lib/experiments/study/search-space.js";
import type { SweepResult } from "../lib/experiments/study/sweep-result.js";
import { outputFlag } from "../cli/flags/output-flags.js";
import { experimentFlag } from "../cli/flags/store-flags.js";
import { studyFlags } from "../cli/flags/study-flags.js";
import { SweepingCommand } from "../cli/command/sweeping-command.js";

/** `llmops sweep`: every setting over a dataset, scored, compared and recorded. */
export default class Sweep extends SweepingCommand {
  static override summary = "Try several parameter values on a dataset, and say which is best and whether that is certain.";
  static override description =
    "Values are a range a..b (5 points), a..b:step, or a list a,b,c. Several parameters are varied one at a time, the others left " +
    "alone; --grid tries all combinations, --zip pairs the lists.\n\n" +
    `Parameters: ${SAMPLING_NAMES.join(", ")}; system and prompt (one text each time they are named, @FILE reads one, {{question}} ` +
    `stands for a column); model (GGUF files, or names at --endpoint), endpoint, ${SWEPT_ENGINE_NAMES.join(", ")}.`;
  static override strict = false;
  static override usage = "sweep [PARAMETER VALUES...] [FLAGS]";
  static override examples = [
    "<%= config.bin %> sweep temperature 0.1..0.9",
    "<%= config.bin %> sweep temperature=0,0.5,1 top_p=0.5,0.9 --grid --limit 100",
    "<%= config.bin %> sweep --strategies default --html report.html",
    '<%= config.bin %> sweep system="" system="Answer in one word." --scorer exact',
    "<%= config.bin %> sweep model=f16.gguf,q4.gguf --set temperature=0",
    "<%= config.bin %> sweep temperature 0.2 --baseline main --fail-under 'accuracy<0.9'",
    "<%= config.bin %> sweep temperature 0..1 --best best.yaml && <%= config.bin %> serve --set @best.yaml",
    "<%= config.bin %> sweep --resume last",
  ];
  static override flags = {
    ...studyFlags,
    grid: Flags.boolean({ description: "try all combinations of the parameters", exclusive: ["zip"] }),
    zip: Flags.boolean({ description: "pair the values: the first of every parameter, then the second, ..." }),
    strategies: Flags.string({
      helpValue: "FILE",
      description: 'named settings from a YAML or JSON file, or the three built-in ones with "default"',
    }),
    best: outputFlag("FILE", "also write the best setting as YAML, for --set @FILE of serve, eval and sweep"),
    experiment: experimentFlag("sweep"),
  };

  async run(): Promise<SweepResult | ForecastDocument> {
    const { flags, argv } = await this.parseResumed(Sweep);
    const request = {
      dimensions: parseSearchSpace(argv as string[]),
      design: flags.grid ? ("grid" as const) : flags.zip ? ("zip" as const) : ("single" as const),
      strategies: flags.strategies === undefined ? [] : loadStrategies(flags.strategies),
    };
    return this.sweep(flags, request, flags.best);
  }
}
