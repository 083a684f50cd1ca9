import { Args } from "@oclif/core";
import type { CanaryDocument } from "../../app/monitoring/canary.js";
import { typedBy } from "../../app/studies/study-options.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { canaryFlags, canaryOptionsOf } from "../../cli/flags/canary-flags.js";
import { checkOutputFlags } from "../../cli/flags/output-flags.js";
import { publishCanary } from "../../cli/output/canary-output.js";
import { readAlerts } from "../../cli/flags/monitor-flags.js";
import { targetOfArgument } from "../../cli/flags/target-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { describeCanary } from "../../lib/report/canary-table.js";

/** `llmops monitor canary`: does the model still answer as it did? */
export default class MonitorCanary extends BaseCommand {
  static override summary = "Ask fixed prompts, and say whether the quality, length, or speed of the answers has drifted.";
  static override description =
    "--bless saves how the model answers now to .llmops/canary/NAME.json, for version control. Later canaries are compared with it sample " +
    "by sample, with the same seeds: means by a paired test, distributions by one that exchanges within samples, corrected over all of them. " +
    "Files are written at the end. Exit code: 0 no drift (a drift larger than tolerated is ruled out), 1 drift, 5 cannot tell. With --interval, it repeats and alerts.";
  static override examples = [
    "<%= config.bin %> monitor canary http://10.0.0.5:8000 --bless",
    "<%= config.bin %> monitor canary http://10.0.0.5:8000",
    "<%= config.bin %> monitor canary --model_path model.gguf --dataset probes.jsonl --limit 0 --set temperature=0",
    "<%= config.bin %> monitor canary http://10.0.0.5:8000 --interval 6h --alerts alerts.yaml",
  ];
  static override args = { url: Args.string({ description: "endpoint [default: the model of --model_path, in this process]" }) };
  static override flags = canaryFlags;

  async run(): Promise<CanaryDocument> {
    const { args, flags, raw } = await this.parse(MonitorCanary);
    checkOutputFlags(flags);
    const typed = { name: this.typedName, argv: this.argv };
    const options = canaryOptionsOf(targetOfArgument(args.url, { flags, raw }), typed);
    const rounds: CanaryDocument[] = [];
    const host = this.asHost();
    const { watchCanary } = await import("../../app/monitoring/watch-canary.js");
    const document = await watchCanary(
      {
        ...options,
        intervalMs: flags.interval === undefined ? undefined : parseDuration(flags.interval),
        alerts: readAlerts(flags.alerts),
        onRound: (found) => {
          rounds.push(found);
          for (const text of describeCanary(found, terminalScreen())) this.log(text);
        },
        onAlert: (line) => this.log(line),
      },
      host,
    );
    await publishCanary(rounds, flags, typedBy(typed));
    return document;
  }
}
