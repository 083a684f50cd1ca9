import type { ExecDocument } from "../../app/documents/runs.js";
import { parsePairs } from "../../app/studies/pairs.js";
import { BaseCommand } from "../../cli/command/base-command.js";
import { execFlags } from "../../cli/flags/exec-flags.js";
import { passOn } from "../../cli/terminal/terminal-output.js";
import { parseDuration } from "../../lib/base/config/duration.js";

/** `llmops mlflow exec`: any command as an MLflow run. */
export default class MlflowExec extends BaseCommand {
  static override summary = "Run any command as an MLflow run that records params, output, system metrics, and exit status.";
  static override description =
    "The command sees MLFLOW_TRACKING_URI, MLFLOW_EXPERIMENT_NAME, MLFLOW_EXPERIMENT_ID and MLFLOW_RUN_ID, so that MLflow clients in it log to " +
    "the same run; a store on this machine is served to it on a free port. The exit code is the command's. Its output is " +
    "passed on byte for byte, control characters too.";
  static override examples = [
    "<%= config.bin %> mlflow exec -p lr=2e-4 -p lora_r=16 -- python train.py --epochs 3",
    "<%= config.bin %> mlflow exec --name nightly --webhook https://hooks.example.com/x --system-metrics 30s -- ./train.sh",
  ];
  static override strict = false;
  static override usage = "mlflow exec [FLAGS] -- COMMAND";
  static override flags = execFlags;

  async run(): Promise<ExecDocument> {
    const { argv, flags } = await this.parse(MlflowExec);
    const { name, webhook, experiment, "tracking-uri": trackingUri } = flags;
    const pairs = { params: parsePairs(flags.param ?? [], "--param"), tags: parsePairs(flags.tag ?? [], "--tag") };
    const { runCommand } = await import("../../app/tracking/run-command.js");
    const options = { words: argv as string[], ...pairs, name, webhook, experiment, trackingUri };
    const { uri, runId, status, exitCode } = await runCommand(
      {
        ...options,
        systemIntervalMs: parseDuration(flags["system-metrics"]),
        // on purpose as it is, control characters too: the program would print the same without llmops
        onOutput: (stream, data) => passOn(stream === "stdout" && !this.jsonEnabled() ? "stdout" : "stderr", data),
        // a terminal sends Ctrl+C to the child too
        signalToPassOn: () => (this.interruptedBy === "SIGINT" && process.stdin.isTTY ? undefined : this.interruptedBy),
      },
      this.asHost(),
    );
    process.exitCode = exitCode;
    return { schema: "llmops.exec/1", tracking_uri: uri, run_id: runId, status, exit_code: exitCode };
  }
}
