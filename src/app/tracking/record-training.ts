import { currentUser } from "../../lib/base/config/environment.js";
import { uploadArtifacts } from "../../lib/experiments/runs/artifact-files.js";
import { logTraining, type TrainingOutcome } from "../../lib/experiments/runs/log-training.js";
import type { Host } from "../host/host.js";
import { withTracker } from "./with-store.js";

const FLUSH_MS = 10_000;

export interface TrainingOptions {
  /** trainer_state.json of Hugging Face, *.jsonl or *.csv. */
  file: string;
  /** Reads on as the file grows, until nothing comes for `idleMs`, the trainer is done, or the host's signal aborts. */
  follow: boolean;
  idleMs: number;
  params: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  /** Files and folders to keep with the run, at the end. */
  artifacts: readonly string[];
  name?: string | undefined;
  experiment: string;
  trackingUri: string;
  /** What the run says made it. */
  command: string;
}

/** What was recorded, and where. */
export type RecordedTraining = TrainingOutcome & { uri: string; runId: string | null };

/** Records a training log as a run. Throws INVALID_ARGUMENT for a file that is none, and STORE_UNWRITABLE where some of it is lost. */
export async function recordTraining(options: TrainingOptions, host: Host): Promise<RecordedTraining> {
  const { file, follow, idleMs, params, artifacts, name, experiment, command } = options;
  const user = currentUser();
  const tags = { "mlflow.source.name": command, "mlflow.source.type": "LOCAL", ...options.tags, "mlflow.user": user };
  return withTracker(options.trackingUri, host.note, async ({ tracker, store, uri }) => {
    const run = tracker.startRun({ experiment, name, userId: user, tags });
    run.log({ params });
    await tracker.begin();
    if (follow) host.note(`Following ${file} (Ctrl+C ends it).`);
    try {
      const outcome = await logTraining({ path: file, run, follow, idleMs, signal: host.signal });
      if (outcome.unfinishedLine !== null) host.note(`Line ${outcome.unfinishedLine} of ${file} was not whole yet and is not recorded.`);
      await tracker.flush({ deadlineMs: FLUSH_MS });
      const runId = tracker.idOf(run) ?? null;
      if (runId !== null) for (const path of artifacts) await uploadArtifacts(store, runId, { path, into: "" });
      run.end(outcome.ended === "interrupted" ? "KILLED" : "FINISHED");
      return { ...outcome, uri, runId };
    } catch (error) {
      run.end("FAILED");
      throw error;
    }
  });
}
