import { createWriteStream, linkSync, lstatSync, realpathSync, renameSync, rmSync, statSync, type Stats } from "node:fs";
import { closeSync, fchmodSync, fsyncSync, openSync, writeFileSync } from "node:fs";
import { link, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { systemCodeOf } from "../errors/llmops-error.js";
import { DRAFT_TAG, newDraftTag, removeLeftDrafts } from "./left-drafts.js";
import { makeFolder } from "./make-folder.js";

/** Of files with keys, prompts or answers in them, and of the folders made for such files: nobody else reads them. */
export const PRIVATE = { mode: 0o600, folderMode: 0o700 } as const;

/** The names drafts have: what lists a folder leaves them out. */
export const DRAFT_NAME = new RegExp(`^\\.${DRAFT_TAG}\\.draft$`);

export interface WholeOptions {
  /** What a new file may be at most; the umask narrows it. One that is there keeps its own mode, as far as this lets it. Default 0666. */
  mode?: number;
  /** Missing folders above are made, with this mode. Without it a missing folder is an error. */
  folderMode?: number;
  /** Where the draft is, on the same file system; beside the file by default. */
  draftFolder?: string;
  /** Throws EEXIST where there is a file already. */
  exclusive?: boolean;
}

/**
 * Writes a file whole or not at all, whatever is killed or fails meanwhile: a draft with a name of its own is written, forced to the
 * disk and renamed. A symbolic link stays one and what it names is replaced; devices and pipes are written to. Throws the system's error.
 */
export function writeWhole(path: string, content: string | Uint8Array, options: WholeOptions = {}): void {
  if (options.folderMode !== undefined) makeFolder(dirname(path), options.folderMode);
  const { target, before } = targetOf(path);
  if (before && isPassing(before)) return writeFileSync(target, content);
  const draft = draftOf(target, options);
  try {
    const file = openSync(draft, "wx", modeOf(options, before));
    try {
      writeFileSync(file, content);
      if (before) fchmodSync(file, modeOf(options, before));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (options.exclusive === true) linkSync(draft, target);
    else renameSync(draft, target);
    syncFolder(dirname(target));
  } finally {
    rmSync(draft, { force: true });
  }
}

/** `writeWhole` for what comes in pieces, or must not hold the process up. A stream that fails leaves the file as it was. */
export async function writeWholeStream(
  path: string,
  content: Readable | string | Uint8Array,
  options: WholeOptions & { signal?: AbortSignal } = {},
): Promise<void> {
  try {
    if (options.folderMode !== undefined) makeFolder(dirname(path), options.folderMode);
    const { target, before } = targetOf(path);
    if (before && isPassing(before)) return await pipeline(toStream(content), createWriteStream(target));
    await replace(target, (file) => fill(file, content, options.signal), { ...options, before });
  } catch (cause) {
    if (content instanceof Readable) content.destroy();
    throw cause;
  }
}

type Replacing = WholeOptions & { before: Stats | undefined };

async function replace(target: string, fill: (draft: FileHandle) => Promise<void>, options: Replacing): Promise<void> {
  const draft = draftOf(target, options);
  try {
    const file = await open(draft, "wx", modeOf(options, options.before));
    try {
      await fill(file);
      if (options.before) await file.chmod(modeOf(options, options.before));
      await file.sync();
    } finally {
      await file.close();
    }
    if ((await stat(target).catch(() => undefined))?.isDirectory() === true) throw isFolder(target);
    await (options.exclusive === true ? link(draft, target) : rename(draft, target));
    await syncFolderAside(dirname(target));
  } finally {
    await rm(draft, { force: true });
  }
}

async function fill(file: FileHandle, content: Readable | string | Uint8Array, signal?: AbortSignal): Promise<void> {
  if (!(content instanceof Readable)) return file.writeFile(content);
  for await (const piece of content) {
    signal?.throwIfAborted();
    await file.writeFile(piece as string | Uint8Array); // continues where the last one ended
  }
}

function toStream(content: Readable | string | Uint8Array): Readable {
  return content instanceof Readable ? content : Readable.from([content]);
}

/** The file a path means behind symbolic links, and what is there now. A link to what is missing is replaced. */
function targetOf(path: string): { target: string; before: Stats | undefined } {
  const own = lstatSync(path, { throwIfNoEntry: false });
  if (!own?.isSymbolicLink()) return { target: path, before: own };
  const before = statSync(path, { throwIfNoEntry: false });
  return { target: before ? realpathSync(path) : path, before };
}

/** Devices, pipes and sockets: /dev/stdout, /dev/null. */
function isPassing(stats: Stats): boolean {
  return !stats.isFile() && !stats.isDirectory();
}

/** Short, whatever the file is called: a long name that fits its folder has a draft too. What killed writers left there goes away. */
function draftOf(target: string, { draftFolder = dirname(resolve(target)) }: WholeOptions): string {
  removeLeftDrafts(draftFolder, DRAFT_NAME);
  return join(draftFolder, `.${newDraftTag()}.draft`);
}

function modeOf({ mode = 0o666 }: WholeOptions, before: Stats | undefined): number {
  return before?.isFile() ? before.mode & mode & 0o777 : mode;
}

function isFolder(path: string): Error {
  return Object.assign(new Error(`EISDIR: illegal operation on a directory, open '${path}'`), { code: "EISDIR" });
}

/** Forces a new name to the disk, where the file system can. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch (error) {
    unlessUnable(error);
  }
}

/** `syncFolder` that holds nobody up while the disk works. */
async function syncFolderAside(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    unlessUnable(error);
  }
}

/** Windows opens no folders, and some network file systems sync none: the name is written all the same. Throws what else went wrong. */
function unlessUnable(error: unknown): void {
  if (!["EISDIR", "EPERM", "EACCES", "EINVAL", "ENOTSUP", "EBADF"].includes(systemCodeOf(error) ?? "")) throw error;
}
