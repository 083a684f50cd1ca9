import { aborted } from "../app/host/aborted.js";
import { BaseCommand } from "../cli/command/base-command.js";
import { serveFlags, serveOptionsOf } from "../cli/flags/serve-flags.js";
import { terminalScreen } from "../cli/terminal/terminal-screen.js";
import { CONFIG_FILE } from "../lib/base/config/find-project.js";
import { continueCommand } from "../lib/report/continue-command.js";

/** `llmops serve`: a model behind an OpenAI-compatible API. */
export default class Serve extends BaseCommand {
  static override readsProject = false;
  static override summary = "Serve a model behind an OpenAI-compatible API.";
  static override description =
    "A local GGUF model, or other servers it passes requests on to: with a response cache, API keys and limits, Prometheus metrics, MLflow " +
    `tracking, fallback. Everything can also be set in ${CONFIG_FILE} (llmops init writes one) and by environment variables; flags come ` +
    "first. Endpoints are described at /docs. Log lines go to standard error, as JSON when that is not a terminal.";
  static override enableJsonFlag = false;
  static override examples = [
    "<%= config.bin %> serve --model_path model.gguf",
    "<%= config.bin %> serve --port 8000 --slots 8 --ctx-size 4096 --rate-limit 60/minute",
    "<%= config.bin %> serve --upstream http://127.0.0.1:8000/v1 --fallback openai:gpt-4o-mini",
    "<%= config.bin %> serve --track all --mlflow_tracking_uri http://127.0.0.1:5000",
    "<%= config.bin %> serve --set @best.yaml --set 'system=Answer in one word.'",
    "<%= config.bin %> serve --record calls.jsonl",
    "<%= config.bin %> serve --replay calls.jsonl",
  ];
  static override flags = serveFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    const host = this.asHost();
    const { leftOut, ...options } = await serveOptionsOf(flags);
    for (const text of leftOut) this.note(text);
    const { serve } = await import("../app/serving/serve.js");
    const { announcement, exampleRequest } = await import("../cli/terminal/serve-announcement.js");
    const { createServeLog } = await import("../cli/terminal/serve-log.js");
    const logger = await createServeLog(options.settings["server.log_level"]);
    const server = await serve({ ...options, logger }, host);
    for (const line of announcement(server, options.settings)) this.log(line);
    this.printWhole(continueCommand(`Try: ${exampleRequest(server)}`, terminalScreen().width));
    this.log("Press Ctrl+C to stop.");
    await aborted(host.signal);
    this.log("Stopping: waiting for running requests (Ctrl+C again to stop at once).");
    await server.close();
  }
}
