import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { z } from "zod";
import { LlmopsError, systemCodeOf } from "../errors/llmops-error.js";
import type { Dataset, Sample } from "./sample.js";

const ROW_HINT = 'Each line is one JSON object, such as {"question": "What is 2 + 2?", "answer": "4"}.';
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const rowSchema = z.object({
  id: text.optional(),
  question: z.string().trim().min(1),
  answer: text.nullish(),
  topic: z.string().nullish(),
});

/**
 * Reads a JSONL dataset: one object a line with `question`, and optionally `id`, `answer` (the
 * reference) and `topic`; blank lines are skipped. A row without id gets its line number.
 * Throws DATASET_NOT_FOUND, or DATASET_INVALID naming the file and line.
 */
export async function readDataset(path: string): Promise<Dataset> {
  const bytes = await readBytes(path);
  const samples: Sample[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, line] of bytes
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === "") continue;
    const sample = parseRow(line, `${path}:${index + 1}`, index + 1);
    const first = lineOf.get(sample.id);
    if (first !== undefined) {
      throw invalid(`${path}:${index + 1}: the id "${sample.id}" was already used in line ${first}.`, "Give every row its own id.");
    }
    lineOf.set(sample.id, index + 1);
    samples.push(sample);
  }
  if (samples.length === 0) throw invalid(`The dataset ${path} has no rows.`, ROW_HINT);
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { name: basename(path, extname(path)), path, digest, samples };
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const why = systemCodeOf(cause) === "ENOENT" ? "does not exist" : `cannot be read (${systemCodeOf(cause) ?? "unknown error"})`;
    throw new LlmopsError("DATASET_NOT_FOUND", `The dataset ${path} ${why}.`, {
      hint: "Name a JSONL file with --dataset, or leave the flag out to use the example questions.",
      cause,
    });
  }
}

function parseRow(line: string, place: string, lineNumber: number): Sample {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw invalid(`${place}: not valid JSON: ${(cause as Error).message}.`, ROW_HINT, cause);
  }
  const row = rowSchema.safeParse(value);
  if (!row.success) {
    const issue = row.error.issues[0];
    const field = issue?.path.join(".") || "row";
    throw invalid(`${place}: ${field}: ${issue?.message ?? "wrong shape"}.`, ROW_HINT);
  }
  const { id, question, answer, topic } = row.data;
  return { id: id ?? String(lineNumber), question, answer: answer ?? null, topic: topic ?? null };
}

function invalid(message: string, hint: string, cause?: unknown): LlmopsError {
  return new LlmopsError("DATASET_INVALID", message, { hint, cause });
}
