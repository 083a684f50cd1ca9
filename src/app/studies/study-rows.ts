import { resolve } from "node:path";
import type { StudySource } from "../../lib/experiments/study/study-journal.js";
import { DEFAULT_LIMIT, DEFAULT_SEED, EXAMPLE_DATASET } from "./study-defaults.js";
import type { RowOptions } from "./study-options.js";

/** The file a study asks, and which of its rows. */
export function rowsOf({ dataset: path = EXAMPLE_DATASET, limit = DEFAULT_LIMIT, seed = DEFAULT_SEED, map }: RowOptions) {
  return { path, limit, seed, map };
}

/** The same rows of a dataset with this digest, for reading them again. */
export function sourceOf(options: RowOptions, digest: string): StudySource {
  const { path, limit, seed, map } = rowsOf(options);
  return { path: resolve(path), digest, limit, seed, ...(map && { map }) };
}
