import { LlmopsError } from "../../base/errors/llmops-error.js";
import { readDataset } from "../dataset/read-dataset.js";
import type { Dataset } from "../dataset/sample.js";
import type { StudySource } from "./study-journal.js";

/** The rows of a study, read again. Throws what reading them throws, and STUDY_CHANGED where the file is not what `whose` says it was, as in "the study 1 asked". */
export async function readSameDataset({ path, limit, seed, map, digest }: StudySource, whose: string): Promise<Dataset> {
  const dataset = await readDataset(path, { limit, seed, map });
  if (dataset.digest === digest) return dataset;
  throw new LlmopsError(
    "STUDY_CHANGED",
    `${path} is not what ${whose}: its digest is ${dataset.digest.slice(0, 16)}, it was ${digest.slice(0, 16)}.`,
    { hint: "Restore the file, name a copy of it with --dataset FILE, or ask again with llmops sweep or eval." },
  );
}
