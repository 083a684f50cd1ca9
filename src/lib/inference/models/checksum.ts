import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { systemCodeOf } from "../../base/errors/llmops-error.js";
import { writeWholeStream } from "../../base/files/write-whole.js";

/** The SHA-256 of a file in hex. Hears how many bytes were read. */
export async function checksumOf(
  path: string,
  { signal, onBytes }: { signal: AbortSignal; onBytes?: (bytes: number) => void },
): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal })) {
    hash.update(chunk as Buffer);
    onBytes?.((chunk as Buffer).byteLength);
  }
  return hash.digest("hex");
}

/** Notes beside a file what its checksum has to be, as `sha256sum -c` reads it. */
export async function noteChecksum(path: string, sha256: string): Promise<void> {
  await writeWholeStream(checksumPath(path), `${sha256}  ${basename(path)}\n`);
}

/** The checksum noted for a file; undefined where there is none. */
export async function notedChecksum(path: string): Promise<string | undefined> {
  try {
    return /^[0-9a-f]{64}/.exec(await readFile(checksumPath(path), "utf8"))?.[0];
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Where the checksum of a file is noted. */
export function checksumPath(path: string): string {
  return `${path}.sha256`;
}
