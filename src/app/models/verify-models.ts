import { resolve } from "node:path";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { partsOf } from "../../lib/inference/engine/pull-model.js";
import { checksumOf, notedChecksum } from "../../lib/inference/models/checksum.js";
import { openModelFile } from "../../lib/inference/models/model-file.js";
import type { VerifyDocument } from "../documents/models.js";
import { cachedModels } from "./cached-models.js";

/** Whether a file is what it was. */
export type VerifiedFile = VerifyDocument["files"][number];

export interface VerifyOptions {
  /** Files; all of the cache when empty. */
  paths: readonly string[];
  signal: AbortSignal;
  /** Gets each file as soon as it is checked. */
  onChecked?: (file: VerifiedFile) => void;
}

const INTERRUPTED = { state: "wrong" as const, sha256: null, problem: "its download was interrupted: pull it again" };

/** Checks model files: header, size, and the checksum they were downloaded with. Throws MODEL_NOT_FOUND. */
export async function verifyModels({ paths: named, signal, onChecked }: VerifyOptions): Promise<VerifiedFile[]> {
  const cached = await cachedModels();
  const partial = new Set(cached.filter(({ whole }) => !whole).map(({ path }) => path));
  const paths = named.length > 0 ? named.map((path) => resolve(path)) : cached.map(({ path }) => path);
  const files: VerifiedFile[] = [];
  for (const part of (await Promise.all(paths.map((path) => partsOf(path)))).flat()) {
    const checked = partial.has(part) ? { path: part, ...INTERRUPTED } : await check(part, signal);
    files.push(checked);
    onChecked?.(checked);
  }
  return files;
}

async function check(path: string, signal: AbortSignal): Promise<VerifiedFile> {
  try {
    await openModelFile(path);
    const expected = await notedChecksum(path);
    if (expected === undefined) return { path, state: "whole", sha256: null, problem: null };
    const sha256 = await checksumOf(path, { signal });
    const problem = sha256 === expected ? null : `its checksum is ${sha256}, not ${expected}`;
    return { path, state: problem === null ? "right" : "wrong", sha256, problem };
  } catch (error) {
    if (!(error instanceof LlmopsError) || error.code === "MODEL_NOT_FOUND") throw error;
    return { path, state: "wrong", sha256: null, problem: messageOf(error) };
  }
}
