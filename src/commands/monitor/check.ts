import type { MonitorCheckDocument } from "../../app/documents/monitoring.js";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { pollFlags, pollOptionsOf, readTargets } from "../../cli/flags/monitor-flags.js";
import { exitOfCheck } from "../../cli/output/monitor-exit.js";
import { chalk } from "../../cli/terminal/terminal-screen.js";
import { parseTimeout } from "../../lib/base/config/duration.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { renderVerdicts } from "../../lib/report/monitor-view.js";

/** `llmops monitor check`: is a server as it should be, now? */
export default class MonitorCheck extends BaseCommand {
  static override summary = "Check whether a server meets each key performance indicator.";
  static override description =
    "Covers the time since the server started or, with --during, watches it for that long. Nothing is recorded. Exit code: 1 if an indicator is " +
    "missed, 3 if the server does not answer, 5 if none is missed but one is unknown (an idle server has no response times).";
  static override examples = [
    "<%= config.bin %> monitor check",
    "<%= config.bin %> monitor check http://10.0.0.5:8000 --during 30s",
    "<%= config.bin %> monitor check --kpis 'p95_response_time<1s' --kpis 'error_rate<1%' --slo 'ttft<500ms@99%'",
  ];
  static override args = { url: Args.string({ description: "the server [default: http://127.0.0.1:8080]" }) };
  static override flags = {
    ...pollFlags,
    timeout: Flags.string({
      default: "60s",
      helpValue: "TIME",
      description: "cut off a poll that takes longer: seconds, or such as 500ms",
    }),
    during: Flags.string({ helpValue: "TIME", description: "watch for this long [default: look back to the server's start]" }),
  };

  async run(): Promise<MonitorCheckDocument> {
    const { args, flags } = await this.parse(MonitorCheck);
    const [url = "", second] = readTargets([...(args.url === undefined ? [] : [args.url]), ...(flags.url ?? [])]);
    if (second !== undefined)
      throw new LlmopsError("INVALID_ARGUMENT", "Only one server can be checked at a time.", { hint: "Name one of them." });
    const { checkServer } = await import("../../app/monitoring/check-server.js");
    const options = { ...pollOptionsOf(flags), url, timeoutMs: parseTimeout(flags.timeout), during: flags.during };
    const observation = await checkServer(options, this.asHost());
    const { target, up, kpis, slos, errors } = observation;
    this.log([target, ...renderVerdicts(observation, chalk), ...errors].join("\n"));
    process.exitCode = exitOfCheck(observation);
    return { schema: "llmops.monitor-check/1", target, up, kpis, slos, errors };
  }
}
