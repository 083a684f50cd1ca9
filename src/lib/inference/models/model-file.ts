import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { expectedSizeBytes, GgufFormatError, readGgufHeader, type GgufHeader } from "./gguf-header.js";

/** A model file that was found and whose header is sound. */
export interface ModelFile {
  /** The short name results and /v1/models show: the file name without .gguf, or "demo". */
  name: string;
  path: string;
  sizeBytes: number;
  header: GgufHeader;
}

export const DEMO_MODEL = "demo";
const DEMO_PATH = fileURLToPath(new URL("../../../../models/demo/demo-q8_0.gguf", import.meta.url));
const FIND_HINT =
  'Give the path of a GGUF file, or "demo" for the embedded demo model. `llmops models pull hf:OWNER/NAME` downloads one, ' +
  "`llmops models convert FOLDER` makes one of a Hugging Face folder, `llmops models list` shows those that are here.";

/**
 * Finds a model by path or by the name "demo" and reads its header.
 * Throws MODEL_NOT_FOUND, or MODEL_INVALID for an empty, truncated or non-GGUF file.
 */
export async function openModelFile(reference: string): Promise<ModelFile> {
  const demo = reference === DEMO_MODEL;
  const path = demo ? DEMO_PATH : resolve(reference);
  const sizeBytes = await sizeOf(path);
  if (sizeBytes === 0) throw invalid(path, "is empty");
  const header = await readHeader(path, sizeBytes);
  const expected = expectedSizeBytes(header);
  if (expected > sizeBytes) throw invalid(path, `is truncated: its header promises ${expected} bytes, but the file has ${sizeBytes}`);
  return { name: demo ? DEMO_MODEL : basename(path).replace(/\.gguf$/i, ""), path, sizeBytes, header };
}

async function sizeOf(path: string): Promise<number> {
  try {
    const info = await stat(path);
    if (info.isFile()) return info.size;
  } catch (cause) {
    const code = systemCodeOf(cause);
    const why = code === "ENOENT" || code === "ENOTDIR" ? "does not exist" : `cannot be read (${code ?? messageOf(cause)})`;
    throw new LlmopsError("MODEL_NOT_FOUND", `The model file ${path} ${why}.`, { hint: FIND_HINT, cause });
  }
  throw new LlmopsError("MODEL_NOT_FOUND", `${path} is not a file.`, {
    hint: "Name a GGUF file; a Hugging Face folder becomes one by `llmops models convert`.",
  });
}

async function readHeader(path: string, sizeBytes: number): Promise<GgufHeader> {
  try {
    return await readGgufHeader(path);
  } catch (cause) {
    if (cause instanceof GgufFormatError) {
      if (cause.truncated) throw invalid(path, `is truncated: ${cause.message} (${sizeBytes} bytes)`, cause);
      throw invalid(path, `is not a GGUF model: ${cause.message}`, cause);
    }
    throw new LlmopsError("MODEL_NOT_FOUND", `The model file ${path} cannot be read (${messageOf(cause)}).`, { hint: FIND_HINT, cause });
  }
}

/** A MODEL_INVALID error about a model file. */
export function invalid(path: string, what: string, cause?: unknown): LlmopsError {
  return new LlmopsError("MODEL_INVALID", `The model file ${path} ${what}.`, {
    hint: "Download or copy the file again and check that its size is complete. llmops loads models in the GGUF format.",
    cause,
  });
}
