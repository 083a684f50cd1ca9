import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { writeWholeStream } from "../../base/files/write-whole.js";
import type { FileInfo } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";

/** All files of a run under a path, folders gone through. */
export async function listFiles(store: TrackingStore, runId: string, path: string): Promise<FileInfo[]> {
  const files = await store.listArtifacts(runId, path);
  const nested = await Promise.all(files.map(async (file) => (file.isFolder ? listFiles(store, runId, file.path) : [file])));
  return nested.flat();
}

/** Copies an artifact, or a folder of them, into a folder. Returns the files written. Throws STORE_NOT_FOUND. */
export async function downloadArtifacts(
  store: TrackingStore,
  runId: string,
  { path, folder }: { path: string; folder: string },
): Promise<string[]> {
  const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  const self = path === "" ? undefined : (await store.listArtifacts(runId, parent)).find((file) => file.path === path);
  if (path !== "" && !self) {
    throw new LlmopsError("STORE_NOT_FOUND", `The run ${runId} has no artifact ${path}.`, {
      hint: `See: llmops mlflow artifacts list ${runId}`,
    });
  }
  const files = self && !self.isFolder ? [self] : await listFiles(store, runId, path);
  const above = parent === "" ? 0 : parent.length + 1;
  const targets = files.map((file) => join(folder, ...file.path.slice(above).split("/")));
  for (const [index, file] of files.entries()) {
    await writeWholeStream(targets[index] ?? "", await store.readArtifact(runId, file.path), { folderMode: 0o777 });
  }
  return targets;
}

/** Writes a file, or a folder with everything in it, into a run's artifacts under `into`. Returns the paths written. */
export async function uploadArtifacts(
  store: TrackingStore,
  runId: string,
  { path, into }: { path: string; into: string },
): Promise<string[]> {
  const files = await localFiles(path);
  const written = files.map((file) => [into, ...file.name.split("/")].filter((part) => part !== "").join("/"));
  for (const [index, file] of files.entries()) await store.writeArtifact(runId, written[index] ?? "", createReadStream(file.path));
  return written;
}

/** A file alone, or the files of a folder with their paths in it. Throws INVALID_ARGUMENT for what is not there. */
async function localFiles(path: string): Promise<{ path: string; name: string }[]> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new LlmopsError("INVALID_ARGUMENT", `${path} cannot be read: ${messageOf(cause)}.`, { hint: "Check the path.", cause });
  });
  if (info.isFile()) return [{ path, name: basename(path) }];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: file, name: `${basename(path)}/${file.slice(withoutTrailingSlashes(path).length + 1)}` }));
}
