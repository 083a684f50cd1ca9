import { StoreServerCommand } from "../../cli/command/store-server-command.js";
import { storeServerFlags } from "../../cli/flags/store-server-flags.js";

/** `llmops mlflow server`: an MLflow tracking server over the embedded store. */
export default class MlflowServer extends StoreServerCommand {
  static override summary = "Serve the MLflow store: MLflow's REST API for any client, and a web application to browse it.";
  static override description =
    "Any MLflow client works against it: export MLFLOW_TRACKING_URI=http://127.0.0.1:5000. " +
    "If LLMOPS_MLFLOW_TOKEN is set, clients must send it (MLFLOW_TRACKING_TOKEN). `llmops ui` also opens the browser.";
  static override examples = [
    "<%= config.bin %> mlflow server",
    "<%= config.bin %> mlflow server --backend-store-uri sqlite:///runs/mlflow.db --port 5001",
    "LLMOPS_MLFLOW_TOKEN=secret <%= config.bin %> mlflow server --host 0.0.0.0 --allowed-hosts mlflow.example.com",
  ];
  static override flags = storeServerFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(MlflowServer);
    await this.serve(flags, ({ url }) => {
      this.log(`Web application: ${url}/app/`);
      this.log(`Try: MLFLOW_TRACKING_URI=${url} llmops mlflow runs`);
    });
  }
}
