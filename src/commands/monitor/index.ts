import { Args, Flags } from "@oclif/core";
import { monitorDocument, type MonitorDocument } from "../../app/monitoring/monitor-document.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { alertsFlag, pollFlags, pollOptionsOf, readAlerts, readTargets, scheduleFlags, scheduleOf } from "../../cli/flags/monitor-flags.js";
import { experimentFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";
import { exitOfMonitor } from "../../cli/output/monitor-exit.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";

/** `llmops monitor`: watches servers. */
export default class Monitor extends BaseCommand {
  static override summary = "Watch servers: metrics, a probe, objectives, alerts; every number goes into one MLflow run.";
  static override description =
    "Scrapes Prometheus metrics of llmops, vLLM, llama-server, or any server with the documented names, and sends a small request. " +
    "Error budgets and alerts are kept across restarts, and the MLflow run is continued. With --once, it polls once, and the exit " +
    "code is 3 if a server does not answer, 1 if an indicator or objective is missed or an alert fires, 5 if one of them is unknown " +
    "(an idle server has no response times), and 0 otherwise.";
  static override examples = [
    "<%= config.bin %> monitor",
    "<%= config.bin %> monitor http://10.0.0.5:8000 http://10.0.0.6:8000 --interval 30s --slo 'ttft<500ms@99%/28d'",
    "<%= config.bin %> monitor --kpis default --alerts alerts.yaml",
    "<%= config.bin %> monitor --once --kpis 'error_rate<1%' --json",
  ];
  static override strict = false;
  static override args = { url: Args.string({ description: "servers to watch [default: http://127.0.0.1:8080]" }) };
  static override flags = {
    ...pollFlags,
    ...scheduleFlags,
    alerts: alertsFlag,
    fresh: Flags.boolean({ description: "start a new MLflow run, and discard earlier error budgets and alerts" }),
    "tracking-uri": trackingUriFlag,
    experiment: experimentFlag("production-monitoring"),
  };

  async run(): Promise<MonitorDocument> {
    const { argv, flags } = await this.parse(Monitor);
    const urls = readTargets([...(argv as string[]), ...(flags.url ?? [])]);
    const alerts = readAlerts(flags.alerts);
    const { once, fresh, experiment } = flags;
    const schedule = scheduleOf(flags);
    const host = this.asHost();
    const { watchServers } = await import("../../app/monitoring/watch-servers.js");
    const { openMonitorScreen } = await import("../../cli/terminal/monitor-screen.js");
    const view = openMonitorScreen({ urls, json: this.jsonEnabled(), once, write: (line) => this.log(line), note: host.note });
    const where = { trackingUri: flags["tracking-uri"], experiment, command: this.typedName };
    const { servers, uri } = await watchServers({ ...pollOptionsOf(flags), ...schedule, ...where, urls, alerts, once, fresh, view }, host);
    this.note(`Recorded in ${uri}, experiment "${experiment}", run ${servers.map(({ runId }) => runId ?? "(queued)").join(", ")}.`);
    process.exitCode = once ? exitOfMonitor(servers) : EXIT.done;
    return monitorDocument(servers, { uri, experiment });
  }
}
