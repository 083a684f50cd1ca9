import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import type { ModelFile } from "./model-file.js";

const SAMPLES = 64;
const SAMPLE_BYTES = 64 * 1024;

/** A short hash that tells a model file from others; see `fileIdentity`. 16 hex digits. */
export async function modelIdentity({ path, sizeBytes, header }: Pick<ModelFile, "path" | "sizeBytes" | "header">): Promise<string> {
  return fileIdentity(path, { sizeBytes, headBytes: header.headerSize });
}

/**
 * A short hash of a file's size, its first bytes and 64 blocks spread evenly over the rest, so that files of many gigabytes take no
 * longer than small ones. 16 hex digits.
 */
export async function fileIdentity(path: string, { sizeBytes, headBytes }: { sizeBytes: number; headBytes: number }): Promise<string> {
  const hash = createHash("sha256").update(String(sizeBytes));
  const file = await open(path);
  try {
    const block = Buffer.alloc(Math.max(SAMPLE_BYTES, headBytes));
    const read = async (position: number, length: number) => {
      const { bytesRead } = await file.read(block, 0, length, position);
      hash.update(block.subarray(0, bytesRead));
    };
    await read(0, headBytes);
    const rest = sizeBytes - headBytes;
    for (let i = 0; i < SAMPLES; i++) await read(headBytes + Math.floor((i * rest) / SAMPLES), SAMPLE_BYTES);
  } finally {
    await file.close();
  }
  return hash.digest("hex").slice(0, 16);
}
