import { z } from "zod";
import { createHash, randomUUID } from "node:crypto";
import { readFileSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { takeLock } from "../../base/files/file-lock.js";
import { PRIVATE, writeWhole } from "../../base/files/write-whole.js";
import { alertEventSchema } from "./alert-book.js";
import { savedMonitorSchema } from "./monitor.js";
import { makeFolder } from "../../base/files/make-folder.js";

export const monitorStateSchema = z.object({
  schema: z.literal("llmops.monitor-state/1"),
  runKey: z.string().describe("By which the MLflow run is found again."),
  monitor: savedMonitorSchema.optional(),
  events: z.array(alertEventSchema).readonly().optional().describe("The last alerts of the run."),
});

/** What a monitor needs to go on after it was stopped: its MLflow run, error budgets, alerts. */
export type MonitorState = z.infer<typeof monitorStateSchema>;

/** Where the state of a watched server is kept: one file for each server, store and experiment. */
export function statePath(folder: string, identity: { target: string; trackingUri: string; experiment: string }): string {
  const digest = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 16);
  return join(folder, `${digest}.json`);
}

/** The state kept, or a new one; a file that is none is set aside and said so. */
export function loadState(path: string, note: (text: string) => void): MonitorState {
  const fresh: MonitorState = { schema: "llmops.monitor-state/1", runKey: randomUUID(), monitor: undefined };
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch {
    return fresh;
  }
  try {
    const state = monitorStateSchema.safeParse(JSON.parse(content));
    if (state.success) return state.data;
  } catch {
    // said below
  }
  renameSync(path, `${path}.broken`);
  note(`What was known of earlier watching cannot be read; it was set aside as ${path}.broken.`);
  return fresh;
}

/**
 * Takes the state for this process alone, so that two that watch the same server do not write into one run. Returns what releases it,
 * or nothing where another process has it. Throws STORE_UNWRITABLE.
 */
export function lockState(path: string): (() => void) | undefined {
  try {
    makeFolder(dirname(path), PRIVATE.folderMode);
    const lock = takeLock(`${path}.lock`);
    return lock.owner === undefined ? lock.release : undefined;
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

/** Keeps the state, whole or not at all. Throws STORE_UNWRITABLE. */
export function saveState(path: string, state: MonitorState): void {
  try {
    writeWhole(path, JSON.stringify(state), PRIVATE);
  } catch (cause) {
    throw unwritable(path, cause);
  }
}

function unwritable(path: string, cause: unknown): LlmopsError {
  return new LlmopsError("STORE_UNWRITABLE", `The state of the monitor cannot be kept in ${path}: ${messageOf(cause)}.`, {
    hint: hintWhereFull(cause, "Make the folder writable, or name another with LLMOPS_STATE_DIR."),
    cause,
  });
}
