import { existsSync } from "node:fs";
import { readdir, rm, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { checksumPath, notedChecksum } from "../../lib/inference/models/checksum.js";
import { partsOf } from "../../lib/inference/engine/pull-model.js";
import { preparedFolder } from "./open-model.js";
import { pulledFolder } from "./pull.js";

/** A model file of the cache. */
export interface CachedModel {
  /** What it is named by: the file's name without its ending. */
  name: string;
  path: string;
  /** Downloaded, or made of another one for loading. */
  kind: "pulled" | "prepared";
  /** False for a download that did not come to its end. */
  whole: boolean;
  size_bytes: number;
  /** When it was last changed, in milliseconds since 1970. */
  changed: number;
}

/** What is in the cache, by name; of a model in several files the first, with the size of all. */
export async function cachedModels(): Promise<CachedModel[]> {
  const found: CachedModel[] = [];
  for (const [kind, folder] of [
    ["pulled", pulledFolder()],
    ["prepared", preparedFolder()],
  ] as const) {
    const names = existsSync(folder) ? await readdir(folder) : [];
    for (const file of names.filter((name) => /\.gguf$/i.test(name) && !/-(?!00001)\d{5}-of-\d{5}\.gguf$/i.test(name))) {
      const path = join(folder, file);
      const sizes = await Promise.all((await partsOf(path)).map((part) => stat(part)));
      const whole = kind === "prepared" || (await notedChecksum(path)) !== undefined;
      const changed = Math.max(...sizes.map(({ mtimeMs }) => mtimeMs));
      found.push({ name: basename(file, ".gguf"), path, kind, whole, size_bytes: sizes.reduce((sum, { size }) => sum + size, 0), changed });
    }
  }
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

/** The model of the cache that a name or a path means. Throws MODEL_NOT_FOUND; nothing outside of the cache is ever found. */
export async function findCached(name: string): Promise<CachedModel> {
  const cached = await cachedModels();
  const found = cached.find((model) => model.name === name || `${model.name}.gguf` === name || model.path === resolve(name));
  if (found) return found;
  const folders = [pulledFolder(), preparedFolder()];
  const hint = folders.some((folder) => resolve(name).startsWith(folder + sep))
    ? "It is gone already."
    : "`llmops models list` shows what is there; other files are not touched.";
  throw new LlmopsError("MODEL_NOT_FOUND", `The model cache has no "${name}".`, { hint });
}

/** Removes a model of the cache, with all its parts and their checksums. */
export async function removeCached({ path }: CachedModel): Promise<void> {
  for (const part of await partsOf(path)) {
    await rm(part);
    await rm(checksumPath(part), { force: true });
  }
}
