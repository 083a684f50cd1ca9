import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileIdentity } from "../models/model-identity.js";
import { VARIANTS_FOLDER } from "./chat-template-files.js";

/** Changes where conversions write something else from the same folder. */
const CONVERSION = "chat templates of all files";
const READ_FILES = /\.(json|model|jinja|safetensors)$/;
/** Bytes at a file's beginning that its identity has whole: the header of most. */
const HEAD_BYTES = 64 * 1024;

/** A short hash of everything in a folder that a conversion reads. */
export async function folderIdentity(folder: string): Promise<string> {
  const hash = createHash("sha256").update(CONVERSION);
  const names = [...(await readdir(folder)), ...(await variantNames(folder))].filter((name) => READ_FILES.test(name)).sort();
  for (const name of names) {
    const path = join(folder, name);
    const { size } = await stat(path);
    const headBytes = name.endsWith(".safetensors") ? Math.min(size, HEAD_BYTES) : size;
    hash.update(`${name} ${await fileIdentity(path, { sizeBytes: size, headBytes })}\n`);
  }
  return hash.digest("hex").slice(0, 16);
}

async function variantNames(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, VARIANTS_FOLDER)).catch(() => []);
  return names.map((name) => `${VARIANTS_FOLDER}/${name}`);
}
