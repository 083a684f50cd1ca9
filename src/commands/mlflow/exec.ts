import type { ExecDocument } from "../../app/documents/runs.js";
import { Flags } from "@oclif/core";
import { BaseCommand } from "../../cli/command/base-command.js";
import { currentUser } from "../../lib/base/config/environment.js";
import { childEnvironment } from "../../lib/base/config/mlflow-environment.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { parseDuration } from "../../lib/base/config/duration.js";
import { chatText } from "../../lib/base/http/chat-text.js";
import { sendWebhook } from "../../lib/base/http/webhook.js";
import { runTrackedCommand, type CommandOutcome } from "../../lib/experiments/runs/tracked-command.js";
import { SqliteStore } from "../../lib/tracking/sqlite/sqlite-store.js";
import type { TrackedRun } from "../../lib/tracking/tracked-run.js";
import type { Tracker } from "../../lib/tracking/tracker.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { parsePairs } from "../../app/studies/pairs.js";
import { withTracker } from "../../app/tracking/with-store.js";
import { experimentFlag, trackingUriFlag } from "../../cli/flags/store-flags.js";
import { passOn } from "../../cli/terminal/terminal-output.js";

const END_DEADLINE_MS = 30_000;

/** `llmops mlflow exec`: any command as an MLflow run. */
export default class MlflowExec extends BaseCommand {
  static override summary = "Run any command as an MLflow run: params, output, system metrics and exit status are recorded.";
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
  static override flags = {
    param: Flags.string({ char: "p", multiple: true, multipleNonGreedy: true, helpValue: "K=V", description: "param of the run" }),
    tag: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "K=V", description: "tag of the run" }),
    name: Flags.string({ description: "name of the run" }),
    "system-metrics": Flags.string({
      default: "10s",
      helpValue: "TIME",
      description: "pause between readings of the machine; 0s for none",
    }),
    webhook: Flags.string({
      helpValue: "URL",
      description: "POST a message there (JSON with `text`, as Slack takes it) when the command fails",
    }),
    experiment: experimentFlag("training"),
    "tracking-uri": trackingUriFlag,
  };

  async run(): Promise<ExecDocument> {
    const { argv, flags } = await this.parse(MlflowExec);
    const [command, ...rest] = argv as string[];
    if (command === undefined)
      throw new LlmopsError("INVALID_ARGUMENT", "There is no command to run.", {
        hint: "Write it after --, as in: llmops mlflow exec -- python train.py",
      });
    const intervalMs = parseDuration(flags["system-metrics"]);
    const params = parsePairs(flags.param ?? [], "--param");
    const tags = {
      "mlflow.user": currentUser(),
      "mlflow.source.name": [command, ...rest].join(" "),
      "mlflow.source.type": "JOB",
      ...parsePairs(flags.tag ?? [], "--tag"),
    };
    const signal = this.listenForInterrupt();
    return withTracker(
      flags["tracking-uri"],
      (text) => this.note(text),
      async ({ tracker, store, uri }) => {
        const run = tracker.startRun({ experiment: flags.experiment, name: flags.name, userId: currentUser(), tags });
        run.log({ params });
        await tracker.begin();
        const served = await serveTo(store);
        try {
          const outcome = await runTrackedCommand({
            command,
            args: rest,
            run,
            environment: childEnvironment({ ...served.variables, ...runVariables(tracker, run, flags.experiment) }),
            systemIntervalMs: intervalMs === 0 ? undefined : intervalMs,
            // on purpose as it is, control characters too: the program would print the same without llmops
            onOutput: (stream, data) => passOn(stream === "stdout" && !this.jsonEnabled() ? "stdout" : "stderr", data),
            signal,
            // a terminal sends Ctrl+C to the child too
            passOn: () => (this.interruptedBy === "SIGINT" && process.stdin.isTTY ? undefined : this.interruptedBy),
          });
          process.exitCode = outcome.exitCode;
          const runId = tracker.idOf(run) ?? null;
          this.note(`Run ${runId ?? "(queued)"} ${outcome.status}, exit code ${outcome.exitCode}, recorded in ${uri}.`);
          if (outcome.status !== "FINISHED" && flags.webhook !== undefined) await this.tell(flags.webhook, command, outcome, runId);
          return { schema: "llmops.exec/1", tracking_uri: uri, run_id: runId, status: outcome.status, exit_code: outcome.exitCode };
        } finally {
          await tracker.flush({ deadlineMs: END_DEADLINE_MS });
          await served.close();
        }
      },
    );
  }

  private async tell(url: string, command: string, { status, exitCode, tail }: CommandOutcome, runId: string | null): Promise<void> {
    const text = `${chatText(command)} ${status === "KILLED" ? "was killed" : "failed"} (exit code ${exitCode}), MLflow run ${runId ?? "unknown"}.`;
    const problem = await sendWebhook(url, { text, status, exit_code: exitCode, run_id: runId, output_tail: tail });
    if (problem !== undefined) this.note(`The webhook was not told: ${problem}`);
  }
}

/** What a client in the command needs to find the store; for one on this machine a server that lives as long as the command. */
async function serveTo(store: TrackingStore): Promise<{ variables: Record<string, string>; close: () => Promise<void> }> {
  if (!(store instanceof SqliteStore)) return { variables: { MLFLOW_TRACKING_URI: store.uri }, close: () => Promise.resolve() };
  const { startTrackingServer } = await import("../../lib/tracking/server/start-tracking-server.js");
  const server = await startTrackingServer(store, { host: "127.0.0.1", port: 0, allowedHosts: [], allowedOrigins: [], token: undefined });
  return { variables: { MLFLOW_TRACKING_URI: server.url }, close: () => server.close() };
}

function runVariables(tracker: Tracker, run: TrackedRun, experiment: string): Record<string, string> {
  return {
    MLFLOW_EXPERIMENT_NAME: experiment,
    MLFLOW_EXPERIMENT_ID: tracker.experimentIdOf(experiment) ?? "",
    MLFLOW_RUN_ID: tracker.idOf(run) ?? "",
  };
}
