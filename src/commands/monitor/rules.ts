import type { MonitorRulesDocument } from "../../app/documents/monitoring.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { alertsFlag, pollFlags, readAlerts, readTargets } from "../../cli/flags/monitor-flags.js";
import { writeOutput } from "../../lib/base/files/output-files.js";
import { DIALECTS } from "../../lib/operations/monitor/measures.js";

/** `llmops monitor rules`: the alert rules for Prometheus. */
export default class MonitorRules extends BaseCommand {
  static override summary = "Write the alert rules as a Prometheus rule file, with the same expressions.";
  static override description =
    "With the URL of a running server, the rules fit its kind and its histogram buckets. Objectives become " +
    "multi-window, multi-burn-rate alerts. What Prometheus cannot know (the probe of llmops monitor) is left out and reported.";
  static override examples = [
    "<%= config.bin %> monitor rules --slo 'ttft<500ms@99%/28d' --out rules.yml",
    "<%= config.bin %> monitor rules http://10.0.0.5:8000 --alerts alerts.yaml --selector 'job=\"vllm\"'",
  ];
  static override args = { url: Args.string({ description: "a running server to write the rules for" }) };
  static override flags = {
    alerts: alertsFlag,
    slo: pollFlags.slo,
    dialect: Flags.option({ options: DIALECTS, description: "whose metric names [default: the server's, or llmops]" })(),
    selector: Flags.string({
      default: 'job="llmops"',
      helpValue: "LABELS",
      description: "label matchers of the series; empty for all",
    }),
    "api-key-env": pollFlags["api-key-env"],
    out: Flags.string({ char: "o", helpValue: "FILE", description: "file to write [default: standard output]" }),
  };

  async run(): Promise<MonitorRulesDocument> {
    const { args, flags } = await this.parse(MonitorRules);
    const alerts = readAlerts(flags.alerts);
    const [url] = args.url === undefined ? [] : readTargets([args.url]);
    const { slo: slos, "api-key-env": apiKeyEnv, selector } = flags;
    const { prometheusRules } = await import("../../app/monitoring/prometheus-rules.js");
    const { dialect, yaml, notes } = await prometheusRules({ alerts, slos, url, apiKeyEnv, dialect: flags.dialect, selector });
    for (const note of notes) this.note(note);
    if (flags.out === undefined) this.printWhole(yaml.trimEnd());
    else {
      await writeOutput(flags.out, yaml);
      this.log(`Wrote ${flags.out}.`);
    }
    return { schema: "llmops.monitor-rules/1", dialect, yaml, notes };
  }
}
