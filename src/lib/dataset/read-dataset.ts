import { basename, extname } from "node:path";
import { z } from "zod";
import { deriveSeed } from "../math/random.js";
import { createDigest, invalidDataset, readRows, type Row } from "./read-rows.js";
import type { Dataset, Sample } from "./sample.js";

const text = z.union([z.string(), z.number(), z.boolean()], { error: "expected text or a number" }).transform(String);
const rowSchema = z.looseObject({
  id: text.optional(),
  question: z.string().trim().min(1),
  answer: z.union([text, z.array(text).min(1)], { error: "expected text, a number, or a list of them" }).nullish(),
  topic: z.string().nullish(),
});

export interface Subset {
  /** Most rows taken; 0 takes all. */
  limit: number;
  /** The same rows for the same seed. */
  seed: number;
}

/**
 * Reads a dataset (JSONL, CSV, JSON or YAML): `question`, and optionally `id`, `answer` (the reference, or a list of
 * accepted ones), `topic` and any other columns. A row without id gets its line number. With a limit a random subset
 * is kept while reading, so that a file of any size fits. Throws DATASET_NOT_FOUND, or DATASET_INVALID naming the line.
 */
export async function readDataset(path: string, subset: Subset = { limit: 0, seed: 0 }): Promise<Dataset> {
  const digest = createDigest();
  const lineOf = new Map<string, number>();
  const kept = new SubsetKeeper(subset);
  let available = 0;
  for await (const row of readRows(path, (bytes) => digest.update(bytes))) {
    const sample = toSample(row);
    const first = lineOf.get(sample.id);
    if (first !== undefined) {
      throw invalidDataset(`${row.place}: the id "${sample.id}" was already used in line ${first}.`, "Give every row its own id.");
    }
    lineOf.set(sample.id, row.line);
    kept.offer(sample, available++);
  }
  if (available === 0) throw invalidDataset(`The dataset ${path} has no rows.`);
  return { name: basename(path, extname(path)), path, digest: digest.hex(), samples: kept.samples(), available };
}

function toSample({ value, place, line }: Row): Sample {
  const row = rowSchema.safeParse(value);
  if (!row.success) {
    const issue = row.error.issues[0];
    const field = issue?.path.join(".") || "row";
    throw invalidDataset(`${place}: ${field}: ${issue?.message ?? "wrong shape"}.`);
  }
  const { id, question, answer, topic, ...fields } = row.data;
  const answers = answer === null || answer === undefined ? [] : [answer].flat();
  return { id: id ?? String(line), question, answer: answers[0] ?? null, answers, topic: topic ?? null, fields };
}

/** Keeps the rows whose seeded random numbers are the smallest: a uniform subset of rows that come one by one. */
class SubsetKeeper {
  private readonly subset: Subset;
  private kept: { sample: Sample; index: number; rank: number }[] = [];

  constructor(subset: Subset) {
    this.subset = subset;
  }

  offer(sample: Sample, index: number): void {
    const { limit, seed } = this.subset;
    this.kept.push({ sample, index, rank: limit === 0 ? 0 : deriveSeed(seed, "subset", index) });
    if (limit > 0 && this.kept.length >= 2 * limit + 1000) this.trim();
  }

  samples(): Sample[] {
    this.trim();
    return this.kept.sort((a, b) => a.index - b.index).map(({ sample }) => sample);
  }

  private trim(): void {
    const { limit } = this.subset;
    if (limit === 0 || this.kept.length <= limit) return;
    this.kept = this.kept.sort((a, b) => a.rank - b.rank || a.index - b.index).slice(0, limit);
  }
}
