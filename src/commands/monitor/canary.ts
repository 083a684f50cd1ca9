import { Args } from "@oclif/core";
import type { CanaryDocument } from "../../app/monitoring/canary.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { canaryFlags, canaryOptionsOf } from "../../cli/flags/canary-flags.js";
import { readAlerts } from "../../cli/flags/monitor-flags.js";
import { targetOfArgument } from "../../cli/flags/target-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { describeCanary } from "../../lib/report/canary-table.js";

const EXIT_OF = { fine: EXIT.done, drift: EXIT.failed, "cannot tell": EXIT.cannotTell } as const;

/** `llmops monitor canary`: does the model still answer as it did? */
export default class MonitorCanary extends BaseCommand {
  static override summary = "Ask fixed prompts, and say whether the quality, length, or speed of the answers has drifted.";
  static override description =
    "--bless saves how the model answers now to .llmops/canary/NAME.json, for version control. Later canaries are compared with it sample " +
    "by sample, with the same seeds: means by a paired test, distributions by one that exchanges within samples, corrected over all of them. " +
    "Exit code: 0 no drift (a drift larger than tolerated is ruled out), 1 drift, 5 cannot tell. With --interval, it repeats and alerts.";
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
    const options = canaryOptionsOf(targetOfArgument(args.url, { flags, raw }), { name: this.typedName, argv: this.argv });
    const host = this.asHost();
    const { watchCanary } = await import("../../app/monitoring/watch-canary.js");
    const document = await watchCanary(
      {
        ...options,
        intervalMs: flags.interval === undefined ? undefined : parseDuration(flags.interval),
        alerts: readAlerts(flags.alerts),
        onRound: (found) => describeCanary(found, terminalScreen()).forEach((text) => this.log(text)),
        onAlert: (line) => this.log(line),
      },
      host,
    );
    process.exitCode = document.comparison ? EXIT_OF[document.comparison.state] : EXIT.done;
    return document;
  }
}
