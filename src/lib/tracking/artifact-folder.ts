import { accessSync, constants, createReadStream, realpathSync, lstatSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve as resolvePath, sep } from "node:path";
import { Readable } from "node:stream";
import { LlmopsError, messageOf, systemCodeOf } from "../base/errors/llmops-error.js";
import { hintWhereFull } from "../base/errors/system-failures.js";
import { SameFile } from "../base/files/same-file.js";
import { DRAFT_NAME, PRIVATE, writeWholeStream } from "../base/files/write-whole.js";
import { checkArtifactPath } from "./artifact-path.js";
import type { ArtifactFiles, ByteRange, FileFacts } from "./artifact-store.js";
import { belowProxied, localFolder, PROXIED, unreachableLocation } from "./artifact-uri.js";
import { invalid, missing } from "./mlflow-error.js";
import type { FileInfo } from "./records.js";
import type { ArtifactContent } from "./tracking-store.js";
import { makeFolder } from "../base/files/make-folder.js";

const CHUNK_BYTES = 1024 * 1024;

export interface FolderOptions {
  /** What stands behind mlflow-artifacts:/, if anything does: `<root>/<experiment>/<run>/artifacts/...`. */
  root?: string | undefined;
  /** Other folders whose files are one: a symbolic link may lead from a run to another one of the same folder, and no further. */
  folders?: readonly string[];
  /** Where relative locations begin, as old stores of MLflow have them. */
  from?: string;
}

/** Artifacts in folders of this machine. */
export class ArtifactFolder implements ArtifactFiles {
  private readonly root: string | undefined;
  private readonly folders: readonly string[];
  private readonly from: string;
  /** The folder as it was when it was first there. */
  private seen: SameFile | undefined;

  constructor({ root, folders = [], from = "." }: FolderOptions) {
    this.root = root;
    this.folders = folders;
    this.from = from;
    this.see();
  }

  /** Creates the folder, or throws STORE_UNWRITABLE. */
  prepare(): void {
    if (this.root === undefined) return;
    try {
      makeFolder(this.root, PRIVATE.folderMode);
      accessSync(this.root, constants.W_OK);
    } catch (cause) {
      throw unwritable(this.root, cause);
    }
    this.see();
  }

  /** Throws STORE_UNWRITABLE where the folder was deleted or replaced since it was first there, and with it what was written. */
  confirm(): void {
    this.seen?.require();
  }

  /** Writes one file under an artifact URI, for its owner alone: answers stand in them. It appears whole or not at all. */
  async write(artifactUri: string, path: string, content: ArtifactContent): Promise<void> {
    const target = this.file(artifactUri, path);
    try {
      this.confirm();
      await refuseSpecialFile(target, path);
      await writeWholeStream(target, content, PRIVATE);
      this.see();
    } catch (cause) {
      if (content instanceof Readable) content.destroy();
      throw writeError(target, path, cause);
    }
  }

  async read(artifactUri: string, path: string, { range }: { range?: ByteRange } = {}): Promise<Readable> {
    await this.describe(artifactUri, path);
    const part = range && { start: range.first, end: range.last };
    return createReadStream(this.file(artifactUri, path), { ...part, highWaterMark: CHUNK_BYTES });
  }

  async describe(artifactUri: string, path: string): Promise<FileFacts> {
    const info = await stat(this.file(artifactUri, path)).catch(() => undefined);
    if (info?.isFile()) return { sizeBytes: info.size, version: `${info.size} ${info.mtimeMs}`, modifiedMs: info.mtimeMs };
    throw missing(`No such artifact: '${path}'`);
  }

  async fetch(artifactUri: string, path: string): Promise<string> {
    const place = this.placeOf(artifactUri, path);
    const isFound = await stat(place).then(
      () => true,
      () => false,
    );
    if (isFound) return place;
    throw missing(`No artifact was found at ${artifactUri}${path === "" ? "" : `/${path}`}`);
  }

  /** What is directly under a path, by name; nothing for a file or a missing path. Paths are relative to the URI. */
  async list(artifactUri: string, path: string): Promise<FileInfo[]> {
    const folder = this.placeOf(artifactUri, path);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const shown = entries.filter((entry) => !DRAFT_NAME.test(entry.name));
    const infos = shown.map(async (entry): Promise<FileInfo[]> => {
      const full = join(folder, entry.name);
      const info = await stat(full).catch(() => undefined); // a link to nothing, or deleted meanwhile
      if (!info || (entry.isSymbolicLink() && this.leaves(artifactUri, full))) return [];
      const sizeBytes = info.isDirectory() ? 0 : info.size;
      return [{ path: path === "" ? entry.name : `${path}/${entry.name}`, isFolder: info.isDirectory(), sizeBytes }];
    });
    return (await Promise.all(infos)).flat().sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async delete(artifactUri: string, path: string): Promise<void> {
    const place = this.placeOf(artifactUri, path);
    if (this.whole().includes(place)) throw invalid("Invalid path: the folder of all artifacts cannot be deleted.");
    await rm(place, { recursive: true, force: true });
  }

  /** Whether the location of a URI lies in the folders. */
  holds(artifactUri: string): boolean {
    const place = localFolder(artifactUri, this.from);
    return place !== undefined && this.folders.some((folder) => isBelow(place, folder));
  }

  /** The URI's own place for an empty path. */
  private placeOf(artifactUri: string, path: string): string {
    checkArtifactPath(path);
    const parts = namesIn(path);
    for (const part of parts) checkName(part);
    const place = resolvePath(this.locate(artifactUri), ...parts);
    if (this.leaves(artifactUri, place))
      throw invalid(`Invalid path: '${path}' is behind a symbolic link that leaves the artifact folder.`);
    return place;
  }

  /** Whether a place is, behind symbolic links, outside what its URI may reach; also a link to nothing, which would be made there. */
  private leaves(artifactUri: string, place: string): boolean {
    const folder = this.locate(artifactUri);
    const root = realPlace(this.whole().find((one) => isBelow(folder, one)) ?? folder);
    const real = realPlace(place);
    return root === undefined || real === undefined || !isBelow(real, root);
  }

  /** The folders that hold the files of many runs. */
  private whole(): string[] {
    return [...(this.root === undefined ? [] : [resolvePath(this.root)]), ...this.folders];
  }

  private see(): void {
    if (this.root !== undefined && this.seen?.wasThere !== true) this.seen = new SameFile(this.root);
  }

  private file(artifactUri: string, path: string): string {
    if (namesIn(path).length === 0) throw invalid("Invalid path: the artifact has no name.");
    return this.placeOf(artifactUri, path);
  }

  private locate(uri: string): string {
    const below = belowProxied(uri);
    if (below !== undefined && this.root !== undefined) return resolvePath(this.root, below);
    const place = localFolder(uri, this.from);
    if (place !== undefined) return place;
    throw unreachableLocation(uri, `Artifacts are read from ${PROXIED} and from local folders.`);
  }
}

function isBelow(place: string, folder: string): boolean {
  return place === folder || place.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** The names a path goes through; none for the folder itself, however it is written (`.`, `./`, `//`). */
function namesIn(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** A pipe or a device in the place of an artifact would be waited for, or written to. */
async function refuseSpecialFile(target: string, path: string): Promise<void> {
  const info = await stat(target).catch(() => undefined);
  if (info && !info.isFile() && !info.isDirectory()) throw invalid(`Invalid path: '${path}' is a pipe or a device, not an artifact.`);
}

/** File systems take no longer names. */
const LONGEST_NAME_BYTES = 255;

function checkName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (bytes > LONGEST_NAME_BYTES) {
    throw invalid(`Invalid path: a name of ${bytes} bytes ('${name.slice(0, 40)}...'); names have at most ${LONGEST_NAME_BYTES}.`);
  }
  if (DRAFT_NAME.test(name)) throw invalid(`Invalid path: '${name}' is the name of an unfinished upload.`);
}

/** Where a place is behind symbolic links, as far as it is there; undefined for a link to nothing, or round in circles. */
function realPlace(place: string): string | undefined {
  const missing: string[] = [];
  for (let above = resolvePath(place); ; above = dirname(above)) {
    try {
      return join(realpathSync(above), ...missing);
    } catch (error) {
      if (!["ENOENT", "ENOTDIR"].includes(systemCodeOf(error) ?? "")) return undefined;
    }
    if (isThere(above)) return undefined;
    missing.unshift(basename(above));
  }
}

function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // below a file
  }
}

function writeError(target: string, path: string, cause: unknown): Error {
  if (cause instanceof LlmopsError) return cause;
  if (["EISDIR", "ENOTDIR", "EEXIST", "ENAMETOOLONG"].includes(systemCodeOf(cause) ?? "")) {
    return invalid(`The artifact path '${path}' cannot be written: ${messageOf(cause)}.`);
  }
  if (["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET"].includes(systemCodeOf(cause) ?? "")) {
    return invalid(`The upload of '${path}' ended early; nothing was written.`);
  }
  return unwritable(target, cause);
}

function unwritable(path: string, cause: unknown): LlmopsError {
  return new LlmopsError("STORE_UNWRITABLE", `The artifact folder ${path} cannot be written: ${messageOf(cause)}.`, {
    hint: hintWhereFull(cause, "Go to a folder you may write to, or name one with --tracking-uri."),
    cause,
  });
}
