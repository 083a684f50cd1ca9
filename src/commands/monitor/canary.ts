import { setTimeout as sleep } from "node:timers/promises";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { messageOf } from "../../lib/base/errors/llmops-error.js";
import { CanaryWatch } from "../../app/monitoring/canary-watch.js";
import { conductCanary, type CanaryCommand, type CanaryDocument } from "../../app/monitoring/canary.js";
import { readAlerts } from "../../cli/flags/monitor-flags.js";
import { numberFlag } from "../../cli/flags/number-flag.js";
import { experimentFlag } from "../../cli/flags/store-flags.js";
import { pick, studyFlags } from "../../cli/flags/study-flags.js";
import { argumentTargetFlags, targetOfArgument } from "../../cli/flags/target-flags.js";

const EXIT_OF = { fine: EXIT.done, drift: EXIT.failed, "cannot tell": EXIT.cannotTell } as const;
const DEFAULT_LIMIT = 40;

/** `llmops monitor canary`: does the model still answer as it did? */
export default class MonitorCanary extends BaseCommand {
  static override summary = "Ask fixed prompts and say whether quality, length or speed of the answers has drifted.";
  static override description =
    "--bless keeps how the model answers now, as .llmops/canary/NAME.json for version control; later canaries are compared with it sample " +
    "by sample, with the same seeds: means by a paired test, distributions by one that exchanges within samples, corrected over all of them. " +
    "Exit code: 0 fine (a drift larger than tolerated is ruled out), 1 drift, 5 cannot tell. With --interval it goes on, and alerts.";
  static override examples = [
    "<%= config.bin %> monitor canary http://10.0.0.5:8000 --bless",
    "<%= config.bin %> monitor canary http://10.0.0.5:8000",
    "<%= config.bin %> monitor canary --model_path model.gguf --dataset probes.jsonl --limit 0 --set temperature=0",
    "<%= config.bin %> monitor canary http://10.0.0.5:8000 --interval 6h --alerts alerts.yaml",
  ];
  static override args = { url: Args.string({ description: "endpoint [default: the model of --model_path, in this process]" }) };
  static override flags = {
    ...argumentTargetFlags,
    ...pick(studyFlags, [
      "dataset",
      "map",
      "repeats",
      "seed",
      "system",
      "prompt",
      "max_tokens",
      "set",
      "concurrency",
      "timeout",
      "retries",
    ]),
    ...pick(studyFlags, ["scorer", "tracking-uri"]),
    limit: Flags.integer({
      min: 0,
      default: DEFAULT_LIMIT,
      description: "use a random subset of so many rows, always the same; 0 uses all",
    }),
    name: Flags.string({ default: "canary", description: "name of the canary that is kept or compared with" }),
    bless: Flags.boolean({ description: "keep how the model answers now", exclusive: ["interval"] }),
    "quality-tolerance": numberFlag({ default: 0.05, helpValue: "SIZE", description: "change of a score or rate that does not matter" }),
    "length-tolerance": numberFlag({ default: 0.1, helpValue: "SHARE", description: "change of the answers' length that does not matter" }),
    "latency-tolerance": numberFlag({ default: 0.25, helpValue: "SHARE", description: "slowdown that does not matter" }),
    interval: Flags.string({ char: "i", helpValue: "TIME", description: "ask again every so often, until Ctrl+C" }),
    alerts: Flags.string({
      helpValue: "FILE",
      dependsOn: ["interval"],
      description: "YAML file of alerts whose sinks are notified of drift [default: it is printed]",
    }),
    experiment: experimentFlag("canary"),
  };

  async run(): Promise<CanaryDocument> {
    const { args, flags, raw } = await this.parse(MonitorCanary);
    const asked = targetOfArgument(args.url, { flags, raw });
    const command: CanaryCommand = {
      ...this.asHost(),
      ...{ name: this.typedName, argv: this.argv },
      note: (text) => this.note(text),
      log: (text) => this.log(text),
    };
    const tolerances = { quality: flags["quality-tolerance"], length: flags["length-tolerance"], latency: flags["latency-tolerance"] };
    const once = () => conductCanary(command, asked, tolerances);
    const document =
      flags.interval === undefined
        ? await once()
        : await this.repeat(once, parseDuration(flags.interval), { command, alerts: flags.alerts });
    process.exitCode = document.comparison ? EXIT_OF[document.comparison.state] : EXIT.done;
    return document;
  }

  /** Asks again and again; a round that fails is told and does not end it. Returns the last one. */
  private async repeat(
    once: () => Promise<CanaryDocument>,
    intervalMs: number,
    { command, alerts }: { command: CanaryCommand; alerts: string | undefined },
  ): Promise<CanaryDocument> {
    const { signal } = command;
    const watch = new CanaryWatch(readAlerts(alerts), { write: (line) => this.log(line), note: (line) => this.note(line) });
    let last = await once();
    for (;;) {
      await watch.take(last);
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return last;
      try {
        last = await once();
      } catch (error) {
        if (signal.aborted) return last;
        command.note(`This round failed: ${messageOf(error)}`);
      }
    }
  }
}
