import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { keyFrom } from "../../app/serving/server-client.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { burnRules } from "../../lib/operations/monitor/alert-rules.js";
import { DIALECTS, detectDialect, type Dialect } from "../../lib/operations/monitor/measures.js";
import { toPrometheusRules } from "../../lib/operations/monitor/prometheus-rules.js";
import { scrape } from "../../lib/operations/monitor/scrape.js";
import { parseSlo } from "../../lib/operations/slo/slo.js";
import { alertsFlag, lookFlags, readAlerts, readTargets } from "../../cli/flags/monitor-flags.js";
import { writeOutput } from "../../lib/base/files/output-files.js";

const TIMEOUT_MS = 30_000;

/** `llmops monitor rules`: the alert rules for Prometheus. */
export default class MonitorRules extends BaseCommand {
  static override summary = "Write the alert rules as a Prometheus rule file: the same expressions, evaluated by Prometheus.";
  static override description =
    "With the URL of a running server the rules are made for its kind, and for the edges of its own histograms. Objectives become " +
    "multi-window, multi-burn-rate alerts. What Prometheus cannot know (the probe of llmops monitor) is left out, and said.";
  static override examples = [
    "<%= config.bin %> monitor rules --slo 'ttft<500ms@99%/28d' --out rules.yml",
    "<%= config.bin %> monitor rules http://10.0.0.5:8000 --alerts alerts.yaml --selector 'job=\"vllm\"'",
  ];
  static override args = { url: Args.string({ description: "a running server the rules are for" }) };
  static override flags = {
    alerts: alertsFlag,
    slo: lookFlags.slo,
    dialect: Flags.option({ options: DIALECTS, description: "whose metric names [default: the server's, or llmops]" })(),
    selector: Flags.string({
      default: 'job="llmops"',
      helpValue: "LABELS",
      description: "label matchers of the series meant; empty for all",
    }),
    "api-key-env": lookFlags["api-key-env"],
    out: Flags.string({ char: "o", helpValue: "FILE", description: "file to write [default: standard output]" }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(MonitorRules);
    const plan = readAlerts(flags.alerts);
    const rules = [...plan.rules, ...(flags.slo ?? []).flatMap((text) => burnRules(parseSlo(text)))];
    const read = args.url === undefined ? undefined : await readServer(args.url, flags["api-key-env"]);
    const dialect = flags.dialect ?? read?.dialect ?? "llmops";
    const { yaml, notes } = toPrometheusRules(rules, { dialect, selector: flags.selector, samples: read?.samples });
    for (const note of notes) this.note(note);
    if (flags.out === undefined) this.printWhole(yaml.trimEnd());
    else {
      await writeOutput(flags.out, yaml);
      this.log(`Wrote ${flags.out}.`);
    }
    return { schema: "llmops.monitor-rules/1", dialect, yaml, notes };
  }
}

async function readServer(url: string, keyVariable: string) {
  const [target = ""] = readTargets([url]);
  const scraped = await scrape({ url: target, apiKey: keyFrom(keyVariable), signal: AbortSignal.timeout(TIMEOUT_MS) });
  const samples = scraped?.samples ?? [];
  const dialect: Dialect | undefined = detectDialect(new Set(samples.map(({ name }) => name)));
  if (dialect !== undefined) return { samples, dialect };
  throw new LlmopsError("INVALID_ARGUMENT", `${target} has no metrics of a model server.`, {
    hint: "Leave the URL out, and name the --dialect.",
  });
}
