import { Args } from "@oclif/core";
import { runBench } from "../app/bench/run-bench.js";
import { BaseCommand } from "../cli/command/base-command.js";
import { benchFlags, benchOf } from "../cli/flags/bench-flags.js";
import { checkOutputFlags } from "../cli/flags/output-flags.js";
import { targetOfArgument } from "../cli/flags/target-flags.js";
import { publishBench } from "../cli/output/bench-output.js";
import type { BenchResult } from "../lib/report/bench-table.js";

/** `llmops bench`: how much load an endpoint takes, and how quickly it answers meanwhile. */
export default class Bench extends BaseCommand {
  static override summary = "Load-test an OpenAI-compatible endpoint: first token, time between tokens, throughput, goodput.";
  static override description =
    "Levels are concurrent requests (--concurrency) or arrivals per second (--rate), which do not wait for answers; their times " +
    "count from when each request was due. --find-rate searches for the highest rate that meets the objectives. The exit code is 1 if " +
    "an objective is missed at a requested level, and 3 if more requests failed than --max-failed allows or nothing was answered.";
  static override examples = [
    "<%= config.bin %> bench http://127.0.0.1:8080 --concurrency 1,2,4,8",
    "<%= config.bin %> bench http://127.0.0.1:8080 --rate 5,10,20 --slo 'ttft<500ms@99%' --slo 'itl<50ms@95%'",
    "<%= config.bin %> bench http://127.0.0.1:8080 --find-rate --slo 'ttft<200ms@99%' --json",
  ];
  static override args = { url: Args.string({ description: "endpoint [default: the model of --model_path, in this process]" }) };
  static override flags = benchFlags;

  async run(): Promise<BenchResult> {
    const { args, flags: given, raw } = await this.parse(Bench);
    const flags = targetOfArgument(args.url, { flags: given, raw });
    checkOutputFlags(flags);
    const host = this.asHost();
    const command = { name: this.typedName, argv: this.argv };
    const result = await runBench({ ...benchOf(flags), command }, host);
    const seen = { found: flags["find-rate"], interrupted: result.status === "interrupted" };
    return publishBench(result, { flags, seen, log: (text) => this.log(text) });
  }
}
