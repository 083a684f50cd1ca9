import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../../lib/base/config/mlflow-environment.js";
import { loadSettings } from "../../lib/base/config/load-settings.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { isHubReference } from "../../lib/inference/models/hugging-face.js";
import { isStoreUri, resolveStoreUri } from "../../lib/tracking/resolve-model.js";
import type { Host } from "../host/host.js";
import { resolveHubReference } from "./pull.js";
import { withStore } from "../tracking/with-store.js";

/** What folders have that are a model, or an adapter, as a whole. */
const FOLDERS = ["config.json", "adapter_config.json"];

/** What a name of the project's `models.named` stands for; anything else, and what is there as a file, as it is. */
export function namedReference(reference: string, named?: readonly string[]): string {
  if (/[/\\:]|\.gguf$/i.test(reference) || existsSync(reference)) return reference;
  const found = (named ?? loadSettings().settings["models.named"]).find((pair) => pair.startsWith(`${reference}=`));
  return found === undefined ? reference : found.slice(reference.length + 1);
}

/** The file or folder a model reference means: names of the project's file stand for what they name, runs:/ and models:/ URIs are looked up in the store, hf: ones pulled where they are not in the cache, anything else is left as it is. */
export async function resolveModelReference(
  given: string | undefined,
  trackingUri: string,
  host: Host,
  named?: readonly string[],
): Promise<string | undefined> {
  const reference = given === undefined ? undefined : namedReference(given, named);
  if (reference !== undefined && isHubReference(reference)) return resolveHubReference(reference, host);
  if (reference === undefined || !isStoreUri(reference)) return reference;
  const place = await withStore(trackingUri, (store) => {
    const folder = join(cacheFolder(), "artifacts", createHash("sha256").update(store.uri).digest("hex").slice(0, 16));
    return resolveStoreUri(store, reference, folder);
  });
  const isFolder = (await stat(place)).isDirectory();
  return isFolder && !FOLDERS.some((name) => existsSync(join(place, name))) ? findModelFile(place, reference) : place;
}

/** The one GGUF file of a folder and what is below it. Throws MODEL_NOT_FOUND for none or several. */
async function findModelFile(folder: string, reference: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.gguf$/i.test(entry.name)).map((entry) => join(entry.parentPath, entry.name));
  const [file, second] = files;
  if (file !== undefined && second === undefined) return file;
  const what = file === undefined ? "no GGUF file" : `${files.length} GGUF files`;
  throw new LlmopsError("MODEL_NOT_FOUND", `${reference} is a folder with ${what}: ${folder}.`, {
    hint: "Name the file in it: runs:/RUN/PATH/model.gguf, or register that file.",
  });
}
