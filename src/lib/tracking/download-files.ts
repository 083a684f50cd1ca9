import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { writeWholeStream } from "../base/files/write-whole.js";
import { missing } from "./mlflow-error.js";
import type { FileInfo } from "./records.js";

/** Where files are downloaded from. */
interface Source {
  list(artifactUri: string, path: string): Promise<FileInfo[]>;
  read(artifactUri: string, path: string): Promise<Readable>;
}

/**
 * Downloads a file, or a folder with all below it, to the place that the names lead to; a file that is there with its size is not fetched
 * again. Returns the place. Throws RESOURCE_DOES_NOT_EXIST.
 */
export async function downloadTo(source: Source, from: { uri: string; path: string }, names: readonly string[]): Promise<string> {
  const { uri, path } = from;
  const target = join(...names);
  const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  const self = path === "" ? undefined : (await source.list(uri, parent)).find((file) => file.path === path);
  if (path !== "" && !self) throw missing(`No artifact was found at ${uri}/${path}`);
  if (self && !self.isFolder) await downloadFile(source, uri, self, target);
  else await downloadFolder(source, uri, path, target);
  return target;
}

async function downloadFolder(source: Source, uri: string, path: string, target: string): Promise<void> {
  const files = await source.list(uri, path);
  if (files.length === 0) throw missing(`No artifact was found at ${uri}${path === "" ? "" : `/${path}`}`);
  for (const file of files) {
    const below = join(target, file.path.slice(path === "" ? 0 : path.length + 1));
    if (file.isFolder) await downloadFolder(source, uri, file.path, below);
    else await downloadFile(source, uri, file, below);
  }
}

async function downloadFile(source: Source, uri: string, file: FileInfo, target: string): Promise<void> {
  const there = await stat(target).catch(() => undefined);
  if (there?.isFile() && there.size === file.sizeBytes) return;
  await writeWholeStream(target, await source.read(uri, file.path), { folderMode: 0o777 });
}
