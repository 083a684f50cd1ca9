import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { checksumOf, noteChecksum, notedChecksum } from "../models/checksum.js";
import { unlessAborted } from "../openai/follow-signal.js";
import { describeHubFile, findHubFile, parseHubReference, type Hub } from "../models/hugging-face.js";
import { makeFolder } from "../../base/files/make-folder.js";

export interface PullOptions {
  hub: Hub;
  /** Where pulled files are kept. */
  folder: string;
  signal: AbortSignal;
  /** Hears how many bytes of how many are there. */
  onProgress: (done: number, total: number) => void;
}

/** A file that is there now. */
export interface PulledModel {
  path: string;
  /** It was there before. */
  known: boolean;
  /** True where every file's checksum was compared with the server's. */
  verified: boolean;
}

/** The file of a reference that was pulled before, whole: its checksum was noted. Undefined where there is none. Asks nobody. */
export async function findPulled(reference: string, folder: string): Promise<string | undefined> {
  const found = await findNamed(reference, folder);
  return found !== undefined && (await notedChecksum(found)) !== undefined ? found : undefined;
}

async function findNamed(reference: string, folder: string): Promise<string | undefined> {
  const { resolveModelFile } = await import("node-llama-cpp");
  const found = await resolveModelFile(reference, { directory: folder, download: false, cli: false }).catch(() => undefined);
  return found ?? findOnly(reference, folder);
}

/** An interrupted download can end under the final name, with the library's own marks at its end: there it would not go on. */
async function makePartial(path: string | undefined, sizeBytes: number | undefined): Promise<void> {
  if (path === undefined || sizeBytes === undefined) return;
  const { size } = await stat(path);
  if (size > sizeBytes) await rename(path, `${path}.ipull`);
  else if (size < sizeBytes) await rm(path);
}

/** Where no file or quantization is named: the one file of that repository, as the library calls it. */
async function findOnly(reference: string, folder: string): Promise<string | undefined> {
  const { owner, repo, quant, file } = parseHubReference(reference) ?? {};
  if (owner === undefined || repo === undefined || quant !== undefined || file !== undefined) return undefined;
  const base = repo.replace(/-gguf$/i, "");
  const names = await readdir(folder).catch(() => []);
  const [only, ...others] = names.filter((name) => name.startsWith(`hf_${owner}_`) && name.includes(`${base}.`) && name.endsWith(".gguf"));
  return only !== undefined && others.length === 0 ? join(folder, only) : undefined;
}

/**
 * Downloads a model from Hugging Face, all its parts, and compares their checksums. What was loaded before an interruption is not loaded
 * again. Throws what `findHubFile` throws, MODEL_INVALID for a checksum that differs (the file is removed), STORE_UNWRITABLE.
 */
export async function pullModel(reference: string, options: PullOptions): Promise<PulledModel> {
  const { hub, folder, signal, onProgress } = options;
  const { repository, name, sizeBytes, sha256 } = await findHubFile(reference, hub, signal);
  const before = await findPulled(reference, folder);
  if (before !== undefined) return { path: before, known: true, verified: sha256 !== undefined };
  await makePartial(await findNamed(reference, folder), sizeBytes);
  const { resolveModelFile } = await import("node-llama-cpp");
  try {
    makeFolder(folder);
    const download = resolveModelFile(reference, {
      ...{ directory: folder, cli: false, verify: true, signal, deleteTempFileOnCancel: false },
      endpoints: { huggingFace: hub.endpoint },
      ...(hub.token !== undefined && { tokens: { huggingFace: hub.token } }),
      onProgress: ({ downloadedSize, totalSize }) => onProgress(downloadedSize, totalSize),
    });
    // the library itself does not look at the signal before the download has begun
    const path = await unlessAborted(download, signal);
    return { path, known: false, verified: await verifyParts(path, { repository, name }, options) };
  } catch (cause) {
    throw pullError(reference, folder, { cause, signal });
  }
}

/** Compares every part with what the server says, and notes the checksums: from then on they count as whole. */
async function verifyParts(
  path: string,
  { repository, name }: { repository: string; name: string },
  { hub, signal }: PullOptions,
): Promise<boolean> {
  let verified = true;
  for (const part of await partsOf(path)) {
    const theirs = join(dirname(name), basename(name).replace(/-\d{5}-of-/, /-\d{5}-of-/.exec(part)?.[0] ?? "-"));
    const { sha256, sizeBytes } = await describeHubFile(repository, theirs.replaceAll("\\", "/"), { hub, signal });
    const found = await checksumOf(part, { signal });
    const { size } = await stat(part);
    if (found !== (sha256 ?? found) || size !== (sizeBytes ?? size)) {
      await rm(part, { force: true });
      throw new LlmopsError(
        "MODEL_INVALID",
        `${basename(part)} came with ${size} bytes and the checksum ${found}, but ${hub.endpoint} says ${sizeBytes ?? "no size"} and ${sha256 ?? "no checksum"}. It was removed.`,
        { hint: "Pull it again; if it happens again, something between here and there changes files." },
      );
    }
    verified &&= sha256 !== undefined;
    await noteChecksum(part, found);
  }
  return verified;
}

/** A file and, where it is one of several, the others. */
export async function partsOf(path: string): Promise<string[]> {
  const [, stem, , of] = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/.exec(basename(path)) ?? [];
  if (stem === undefined || of === undefined) return [path];
  const names = await readdir(dirname(path));
  return names.filter((name) => name.startsWith(`${stem}-`) && name.endsWith(`-of-${of}.gguf`)).map((name) => join(dirname(path), name));
}

function pullError(reference: string, folder: string, { cause, signal }: { cause: unknown; signal: AbortSignal }): unknown {
  if (cause instanceof LlmopsError || signal.aborted) return cause;
  const code = systemCodeOf(cause);
  if (code !== undefined && ["ENOSPC", "EACCES", "EROFS", "ENOTDIR", "EDQUOT"].includes(code)) {
    const what = code === "ENOSPC" ? "The disk of the model cache is full" : `The model cache cannot be written to (${code})`;
    return new LlmopsError("STORE_UNWRITABLE", `${what}: ${folder}.`, {
      hint: "Free some space (llmops models list, llmops models rm), or set LLMOPS_CACHE_DIR to another folder.",
      cause,
    });
  }
  return new LlmopsError("ENDPOINT_ERROR", `${reference} could not be downloaded: ${messageOf(cause)}.`, {
    hint: "Run the command again: it continues where it stopped.",
    cause,
  });
}
