import { Flags } from "@oclif/core";
import { aborted } from "../../app/host/aborted.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { trackingServerToken } from "../../lib/base/config/mlflow-environment.js";
import { openLocalStore } from "../../lib/tracking/open-local-store.js";
import { isLoopbackHost } from "../../lib/base/http/addresses.js";
import { createServeLog } from "../../cli/terminal/serve-log.js";

/** `llmops mlflow server`: an MLflow tracking server over the embedded store. */
export default class MlflowServer extends BaseCommand {
  static override aliases = ["mlflow:ui"];
  static override summary = "Serve the MLflow store: MLflow's REST API for any client, and pages to look at it.";
  static override description =
    "Any MLflow client works against it: export MLFLOW_TRACKING_URI=http://127.0.0.1:5000. " +
    "With LLMOPS_MLFLOW_TOKEN set, clients have to send it (MLFLOW_TRACKING_TOKEN).";
  static override enableJsonFlag = false;
  static override examples = [
    "<%= config.bin %> mlflow server",
    "<%= config.bin %> mlflow server --backend-store-uri sqlite:///runs/mlflow.db --port 5001",
    "LLMOPS_MLFLOW_TOKEN=secret <%= config.bin %> mlflow server --host 0.0.0.0 --allowed-hosts mlflow.example.com",
  ];
  static override flags = {
    "backend-store-uri": Flags.string({
      aliases: ["tracking-uri"],
      default: ".",
      helpValue: "URI",
      description: "the store: a folder with mlflow.db and mlartifacts, or sqlite:///FILE; created when it is not there",
    }),
    "artifacts-destination": Flags.string({
      helpValue: "FOLDER",
      description: "folder of artifacts, if not mlartifacts beside the database",
    }),
    host: Flags.string({ default: "127.0.0.1", description: "address to listen on" }),
    port: Flags.integer({ char: "p", default: 5000, min: 0, max: 65535, description: "port to listen on; 0 takes any free one" }),
    "allowed-hosts": Flags.string({
      env: "MLFLOW_SERVER_ALLOWED_HOSTS",
      helpValue: "LIST",
      description: "comma-separated host names it may be reached under, besides this machine's and private addresses; * for any",
    }),
    "cors-allowed-origins": Flags.string({
      env: "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
      helpValue: "LIST",
      description: "comma-separated origins whose pages may use it, besides this machine's; * for any",
    }),
    "log-level": Flags.option({
      options: ["debug", "info", "warn", "error", "silent"] as const,
      default: "info",
      description: "what is logged",
    })(),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(MlflowServer);
    const signal = this.listenForInterrupt();
    const store = openLocalStore(flags["backend-store-uri"], { create: true, artifacts: flags["artifacts-destination"] });
    const [{ startTrackingServer }, { storePages }] = await Promise.all([
      import("../../lib/tracking/server/start-tracking-server.js"),
      import("../../lib/report/store-pages.js"),
    ]);
    const token = trackingServerToken();
    try {
      const server = await startTrackingServer(store, {
        host: flags.host,
        port: flags.port,
        logger: await createServeLog(flags["log-level"]),
        allowedHosts: toList(flags["allowed-hosts"]),
        allowedOrigins: toList(flags["cors-allowed-origins"]),
        token,
        pages: storePages(store),
      });
      this.log(`Serving ${store.uri}, artifacts in ${store.artifacts.root}`);
      this.log(`Listening on ${server.url}`);
      if (token === undefined && !isLoopbackHost(flags.host)) {
        this.warn(`Anyone who can reach ${flags.host} can read and change this store. Set LLMOPS_MLFLOW_TOKEN to ask for a token.`);
      }
      this.log(`Try: MLFLOW_TRACKING_URI=${server.url} llmops mlflow runs`);
      this.log("Press Ctrl+C to stop.");
      await aborted(signal);
      this.log("Stopping.");
      await server.close();
    } finally {
      await store.close();
    }
  }
}

function toList(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
