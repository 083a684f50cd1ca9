import { randomUUID } from "node:crypto";
import { accessSync, constants, createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { LlmopsError, messageOf, systemCodeOf } from "../errors/llmops-error.js";
import { checkArtifactPath } from "./artifact-path.js";
import { invalid, missing } from "./mlflow-error.js";
import type { FileInfo } from "./records.js";
import type { ArtifactContent } from "./tracking-store.js";

const SCHEME = "mlflow-artifacts:/";
const CHUNK_BYTES = 1024 * 1024;

/** The folder an MLflow server keeps proxied artifacts in: `<root>/<experiment>/<run>/artifacts/...`. */
export class ArtifactFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Creates the folder, or throws STORE_UNWRITABLE. */
  prepare(): void {
    try {
      mkdirSync(this.root, { recursive: true });
      accessSync(this.root, constants.W_OK);
    } catch (cause) {
      throw unwritable(this.root, cause);
    }
  }

  /** Writes one file under an artifact URI; it appears whole or not at all. */
  async write(artifactUri: string, path: string, content: ArtifactContent): Promise<void> {
    const target = this.file(artifactUri, path);
    const draft = `${target}.${randomUUID()}.new`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await pipeline(content instanceof Readable ? content : Readable.from([content]), createWriteStream(draft));
      await rename(draft, target);
    } catch (cause) {
      await rm(draft, { force: true });
      throw writeError(target, path, cause);
    }
  }

  /** A file's bytes. Throws RESOURCE_DOES_NOT_EXIST. */
  async read(artifactUri: string, path: string): Promise<Readable> {
    await this.size(artifactUri, path);
    return createReadStream(this.file(artifactUri, path), { highWaterMark: CHUNK_BYTES });
  }

  /** The size of a file. Throws RESOURCE_DOES_NOT_EXIST for what is not there or is a folder. */
  async size(artifactUri: string, path: string): Promise<number> {
    const info = await stat(this.file(artifactUri, path)).catch(() => undefined);
    if (info?.isFile()) return info.size;
    throw missing(`No such artifact: '${path}'`);
  }

  /** What is directly under a path, by name; nothing for a file or a missing path. Paths are relative to the URI. */
  async list(artifactUri: string, path: string): Promise<FileInfo[]> {
    const folder = this.resolve(artifactUri, path);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const shown = entries.filter((entry) => !entry.name.endsWith(".new") || entry.isDirectory());
    const infos = shown.map(async (entry): Promise<FileInfo> => {
      const full = join(folder, entry.name);
      const sizeBytes = entry.isDirectory() ? 0 : (await stat(full)).size;
      return { path: path === "" ? entry.name : `${path}/${entry.name}`, isFolder: entry.isDirectory(), sizeBytes };
    });
    return (await Promise.all(infos)).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Deletes a file or a whole folder; nothing happens when it is not there. */
  async delete(artifactUri: string, path: string): Promise<void> {
    await rm(this.resolve(artifactUri, path), { recursive: true, force: true });
  }

  /** The place of an artifact on this machine; the URI's own for an empty path. Throws INVALID_PARAMETER_VALUE. */
  resolve(artifactUri: string, path: string): string {
    checkArtifactPath(path);
    const folder = this.locate(artifactUri);
    return path === "" ? folder : join(folder, ...path.split("/").filter((part) => part !== ""));
  }

  private file(artifactUri: string, path: string): string {
    if (path === "") throw invalid("Invalid path: the artifact has no name.");
    return this.resolve(artifactUri, path);
  }

  private locate(uri: string): string {
    if (uri.startsWith("file://")) return fileURLToPath(uri);
    if (uri.startsWith(sep)) return uri;
    if (!uri.startsWith(SCHEME)) {
      throw new LlmopsError("STORE_INCOMPATIBLE", `The artifact location ${uri} cannot be reached from here.`, {
        hint: `Artifacts are read from ${SCHEME} and from local folders.`,
      });
    }
    const relative = uri.slice(SCHEME.length).replace(/^\/+/, "");
    checkArtifactPath(relative);
    return join(this.root, relative);
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
    hint: "Go to a folder you may write to, or name one with --tracking-uri.",
    cause,
  });
}
