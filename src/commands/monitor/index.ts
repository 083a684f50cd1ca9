import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { parseDuration, parseTimeout } from "../../lib/base/config/duration.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { alertsFlag, lookFlags, readAlerts, readTargets } from "../../cli/flags/monitor-flags.js";
import { monitorDocument, monitorExit, type MonitorDocument } from "../../app/monitoring/monitor-document.js";
import { experimentFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";

const LONGEST_TIMEOUT_MS = 60_000;

/** `llmops monitor`: watches servers. */
export default class Monitor extends BaseCommand {
  static override summary = "Watch servers: metrics, a probe, objectives, alerts; every number goes into one MLflow run.";
  static override description =
    "Scrapes Prometheus metrics of llmops, vLLM, llama-server, or any server with the documented names, and sends a small request. What is " +
    "known of error budgets and alerts is kept, and the MLflow run continued, when it is started again. With --once it polls once: exit " +
    "code 3 when a server does not answer, 1 when an indicator or objective is missed or an alert fires, 5 when one of them is not known " +
    "yet (an idle server has no response times), else 0.";
  static override examples = [
    "<%= config.bin %> monitor",
    "<%= config.bin %> monitor http://10.0.0.5:8000 http://10.0.0.6:8000 --interval 30s --slo 'ttft<500ms@99%/28d'",
    "<%= config.bin %> monitor --kpis default --alerts alerts.yaml",
    "<%= config.bin %> monitor --once --kpis 'error_rate<1%' --json",
  ];
  static override strict = false;
  static override args = { url: Args.string({ description: "servers to watch [default: http://127.0.0.1:8080]" }) };
  static override flags = {
    ...lookFlags,
    interval: Flags.string({ char: "i", default: "5m", helpValue: "TIME", description: "pause between two looks" }),
    duration: Flags.string({ helpValue: "TIME", description: "end after so long [default: Ctrl+C]" }),
    once: Flags.boolean({ description: "look once, and say by the exit code how it is", exclusive: ["duration", "interval"] }),
    timeout: Flags.string({
      helpValue: "TIME",
      description: "cut off a poll that takes longer: seconds, or such as 500ms [default: the interval, at most 60s]",
    }),
    alerts: alertsFlag,
    fresh: Flags.boolean({ description: "begin a new MLflow run, and forget error budgets and alerts of earlier watching" }),
    "tracking-uri": trackingUriFlag,
    experiment: experimentFlag("production-monitoring"),
  };

  async run(): Promise<MonitorDocument> {
    const { argv, flags } = await this.parse(Monitor);
    const urls = readTargets([...(argv as string[]), ...(flags.url ?? [])]);
    const alerts = readAlerts(flags.alerts);
    const intervalMs = parseDuration(flags.interval);
    const timeoutMs = flags.timeout === undefined ? Math.min(intervalMs, LONGEST_TIMEOUT_MS) : parseTimeout(flags.timeout);
    const signal = this.listenForInterrupt();
    const { conductMonitor } = await import("../../app/monitoring/monitor.js");
    const { servers, uri } = await conductMonitor({
      ...{ urls, flags, alerts, command: this.typedName, once: flags.once, json: this.jsonEnabled() },
      schedule: {
        ...{ intervalMs, timeoutMs, signal },
        ...(flags.once && { times: 1 }),
        ...(flags.duration !== undefined && { durationMs: parseDuration(flags.duration) }),
      },
      write: (line) => this.log(line),
      note: (line) => this.note(line),
    });
    const document = monitorDocument(servers, { uri, experiment: flags.experiment });
    this.note(`Recorded in ${uri}, experiment "${flags.experiment}", run ${servers.map(({ runId }) => runId ?? "(queued)").join(", ")}.`);
    process.exitCode = flags.once ? monitorExit(servers) : EXIT.done;
    return document;
  }
}
