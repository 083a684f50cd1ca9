import { currentUser } from "../../lib/base/config/environment.js";
import { childEnvironment } from "../../lib/base/config/mlflow-environment.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { chatText } from "../../lib/base/http/chat-text.js";
import { sendWebhook } from "../../lib/base/http/webhook.js";
import { runTrackedCommand, type CommandOutcome } from "../../lib/experiments/runs/tracked-command.js";
import type { TrackedRun } from "../../lib/tracking/tracked-run.js";
import type { Tracker } from "../../lib/tracking/tracker.js";
import { isBackend } from "../../lib/tracking/tracking-backend.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import type { Host } from "../host/host.js";
import { withTracker } from "./with-store.js";

const END_DEADLINE_MS = 30_000;

export interface RunCommandOptions {
  /** The program and its arguments. */
  words: readonly string[];
  params: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  name?: string | undefined;
  /** Between readings of the machine; 0 for none. */
  systemIntervalMs: number;
  /** Is sent a message when the command fails. */
  webhook?: string | undefined;
  experiment: string;
  trackingUri: string;
  /** Gets what the command writes, byte for byte. */
  onOutput: (stream: "stdout" | "stderr", data: Buffer) => void;
  /** The signal to pass on to the command when the host's aborts; undefined where it has it already. */
  signalToPassOn: () => NodeJS.Signals | undefined;
}

/** How the command ended, and the run that says so. */
export interface RecordedCommand {
  uri: string;
  runId: string | null;
  status: CommandOutcome["status"];
  exitCode: number;
}

/** Runs any command as an MLflow run: params, output, system metrics and exit status are recorded. Throws INVALID_ARGUMENT without one. */
export async function runCommand(options: RunCommandOptions, host: Host): Promise<RecordedCommand> {
  const [command, ...args] = options.words;
  if (command === undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", "No command was given.", {
      hint: "Write it after --, as in: llmops mlflow exec -- python train.py",
    });
  }
  const { experiment, name, params, webhook } = options;
  const user = currentUser();
  const source = { "mlflow.user": user, "mlflow.source.name": options.words.join(" "), "mlflow.source.type": "JOB" };
  return withTracker(options.trackingUri, host.note, async ({ tracker, store, uri }) => {
    const run = tracker.startRun({ experiment, name, userId: user, tags: { ...source, ...options.tags } });
    run.log({ params });
    await tracker.begin();
    const served = await serveTo(store);
    try {
      const outcome = await runTrackedCommand({
        ...{ command, args, run, signal: host.signal, onOutput: options.onOutput, passOn: options.signalToPassOn },
        environment: childEnvironment({ ...served.variables, ...runVariables(tracker, run, experiment) }),
        systemIntervalMs: options.systemIntervalMs === 0 ? undefined : options.systemIntervalMs,
      });
      const { status, exitCode } = outcome;
      const runId = tracker.idOf(run) ?? null;
      host.note(`Run ${runId ?? "(queued)"} ${status}, exit code ${exitCode}, recorded in ${uri}.`);
      if (status !== "FINISHED" && webhook !== undefined) await notify(webhook, { command, outcome, runId }, host);
      return { uri, runId, status, exitCode };
    } finally {
      await tracker.flush({ deadlineMs: END_DEADLINE_MS });
      await served.close();
    }
  });
}

async function notify(
  url: string,
  { command, outcome, runId }: { command: string; outcome: CommandOutcome; runId: string | null },
  { note }: Host,
): Promise<void> {
  const { status, exitCode, tail } = outcome;
  const text = `${chatText(command)} ${status === "KILLED" ? "was killed" : "failed"} (exit code ${exitCode}), MLflow run ${runId ?? "unknown"}.`;
  const problem = await sendWebhook(url, { text, status, exit_code: exitCode, run_id: runId, output_tail: tail });
  if (problem !== undefined) note(`The webhook was not told: ${problem}`);
}

/** What a client in the command needs to find the store; for one on this machine a server that lives as long as the command. */
async function serveTo(store: TrackingStore): Promise<{ variables: Record<string, string>; close: () => Promise<void> }> {
  if (!isBackend(store)) return { variables: { MLFLOW_TRACKING_URI: store.uri }, close: () => Promise.resolve() };
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
