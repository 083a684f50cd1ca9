import { setTimeout as sleep } from "node:timers/promises";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";
import { parseDuration, parseTimeout } from "../../lib/base/config/duration.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { SloStatus } from "../../lib/operations/monitor/burn-rate.js";
import type { KpiResult } from "../../lib/operations/monitor/kpis.js";
import { ServerMonitor, type Observation } from "../../lib/operations/monitor/monitor.js";
import { renderVerdicts } from "../../lib/report/monitor-view.js";
import { lookFlags, monitorOptions, readTargets } from "../../cli/flags/monitor-flags.js";

interface CheckDocument {
  schema: "llmops.monitor-check/1";
  target: string;
  up: boolean;
  kpis: KpiResult[];
  slos: SloStatus[];
  errors: string[];
}

/** `llmops monitor check`: is a server as it should be, now? */
export default class MonitorCheck extends BaseCommand {
  static override summary = "Say of each key performance indicator whether a server meets it.";
  static override description =
    "Looks at the time since the server started, or, with --during, watches it for so long. Nothing is recorded. Exit code: 1 when one is " +
    "missed, 3 when the server does not answer, 5 when nothing is missed but one is not known (an idle server has no response times).";
  static override examples = [
    "<%= config.bin %> monitor check",
    "<%= config.bin %> monitor check http://10.0.0.5:8000 --during 30s",
    "<%= config.bin %> monitor check --kpis 'p95_response_time<1s' --kpis 'error_rate<1%' --slo 'ttft<500ms@99%'",
  ];
  static override args = { url: Args.string({ description: "the server [default: http://127.0.0.1:8080]" }) };
  static override flags = {
    ...lookFlags,
    timeout: Flags.string({
      default: "60s",
      helpValue: "TIME",
      description: "cut off a look that takes longer: seconds, or such as 500ms",
    }),
    during: Flags.string({ helpValue: "TIME", description: "watch for so long [default: look back to the server's start]" }),
  };

  async run(): Promise<CheckDocument> {
    const { args, flags } = await this.parse(MonitorCheck);
    const [url = "", second] = readTargets([...(args.url === undefined ? [] : [args.url]), ...(flags.url ?? [])]);
    if (second !== undefined) throw new LlmopsError("INVALID_ARGUMENT", "One server is checked at a time.", { hint: "Name one of them." });
    const signal = this.listenForInterrupt();
    const kpis = flags.kpis ?? (flags.slo === undefined ? ["default"] : []);
    const options = monitorOptions(
      url,
      { ...flags, kpis },
      { alerts: { rules: [], repeatMs: Infinity }, onNote: (text) => this.note(text) },
    );
    const timeoutMs = parseTimeout(flags.timeout);
    const during = flags.during === undefined ? undefined : parseDuration(flags.during);
    const monitor = new ServerMonitor({ ...options, looksBack: during === undefined });
    let observation = await observe(monitor, timeoutMs);
    if (during !== undefined && observation.up) {
      this.note(`Watching ${monitor.target} for ${flags.during}.`);
      await sleep(during, undefined, { signal });
      observation = await observe(monitor, timeoutMs);
    }
    const { up, slos, errors } = observation;
    if (!up) throw new LlmopsError("ENDPOINT_UNREACHABLE", errors.join("; "), { hint: "Start it, or name another server." });
    this.log([monitor.target, ...renderVerdicts(observation, chalk), ...errors].join("\n"));
    process.exitCode = exitOf(observation);
    return { schema: "llmops.monitor-check/1", target: monitor.target, up, kpis: observation.kpis, slos, errors };
  }
}

function observe(monitor: ServerMonitor, timeoutMs: number): Promise<Observation> {
  return monitor.observe(Date.now(), AbortSignal.timeout(timeoutMs));
}

function exitOf({ kpis, slos }: Observation): number {
  if (kpis.some(({ state }) => state === "failed") || slos.some(({ met }) => met === false)) return EXIT.failed;
  return kpis.some(({ state }) => state === "no data") || slos.some(({ met }) => met === null) ? EXIT.cannotTell : EXIT.done;
}
