import { aborted } from "../../app/host/aborted.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { storeServerFlags, storeServerOptionsOf } from "../../cli/flags/store-server-flags.js";
import { createServeLog } from "../../cli/terminal/serve-log.js";
import { trackingServerToken } from "../../lib/base/config/mlflow-environment.js";
import { isLoopbackHost } from "../../lib/base/http/addresses.js";

/** `llmops mlflow server`: an MLflow tracking server over the embedded store. */
export default class MlflowServer extends BaseCommand {
  static override aliases = ["mlflow:ui"];
  static override summary = "Serve the MLflow store: MLflow's REST API for any client, and web pages to browse it.";
  static override description =
    "Any MLflow client works against it: export MLFLOW_TRACKING_URI=http://127.0.0.1:5000. " +
    "If LLMOPS_MLFLOW_TOKEN is set, clients must send it (MLFLOW_TRACKING_TOKEN).";
  static override enableJsonFlag = false;
  static override examples = [
    "<%= config.bin %> mlflow server",
    "<%= config.bin %> mlflow server --backend-store-uri sqlite:///runs/mlflow.db --port 5001",
    "LLMOPS_MLFLOW_TOKEN=secret <%= config.bin %> mlflow server --host 0.0.0.0 --allowed-hosts mlflow.example.com",
  ];
  static override flags = storeServerFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(MlflowServer);
    const signal = this.listenForInterrupt();
    const { serveStore } = await import("../../app/tracking/serve-store.js");
    const token = trackingServerToken();
    const server = await serveStore({ ...storeServerOptionsOf(flags), token, logger: await createServeLog(flags["log-level"]) });
    this.log(`Serving ${server.uri}, artifacts in ${server.artifactsRoot}`);
    this.log(`Listening on ${server.url}`);
    if (token === undefined && !isLoopbackHost(flags.host)) {
      this.warn(`Anyone who can reach ${flags.host} can read and change this store. Set LLMOPS_MLFLOW_TOKEN to require a token.`);
    }
    this.log(`Try: MLFLOW_TRACKING_URI=${server.url} llmops mlflow runs`);
    this.log("Press Ctrl+C to stop.");
    await aborted(signal);
    this.log("Stopping.");
    await server.close();
  }
}
