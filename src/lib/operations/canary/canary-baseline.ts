import { dirname } from "node:path";
import { z } from "zod";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { readJsonFile } from "../../base/files/read-text-file.js";
import { writeOutput } from "../../base/files/output-files.js";
import { makeFolder } from "../../base/files/make-folder.js";

const valuesSchema = z.record(z.string(), z.array(z.number()));

export const canarySchema = z.object({
  schema: z.literal("llmops.canary/1"),
  model: z.string(),
  target: z.string(),
  /** What makes two canaries comparable. */
  asked: z.object({
    dataset: z.string(),
    seed: z.number(),
    repeats: z.number(),
    fixed: z.record(z.string(), z.unknown()),
    metrics: z.array(z.string()),
  }),
  created: z.string(),
  /** By sample: the values of its repeats by metric, and what the answers were, as a digest. */
  samples: z.record(z.string(), z.object({ values: valuesSchema, answers: z.string() })),
});

/** What a set of fixed prompts gave: a file to compare later ones with. */
export type Canary = z.infer<typeof canarySchema>;

/** Reads a canary. Throws BASELINE_NOT_FOUND, or INVALID_ARGUMENT for a file that is none. */
export function readCanary(path: string): Canary {
  try {
    return canarySchema.parse(readJsonFile(path));
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") {
      throw new LlmopsError("BASELINE_NOT_FOUND", `No canary to compare with was found: ${path}.`, {
        hint: "Save how the server answers now with --bless, when it answers as it should.",
        cause,
      });
    }
    throw new LlmopsError("INVALID_ARGUMENT", `${path} is not a canary: ${messageOf(cause).slice(0, 200)}.`, {
      hint: "Write it again with --bless.",
      cause,
    });
  }
}

/** Keeps a canary, to compare later ones with. Throws INVALID_ARGUMENT where it cannot be written. */
export async function keepCanary(path: string, canary: Canary): Promise<void> {
  makeFolder(dirname(path));
  await writeOutput(path, `${JSON.stringify(canary, null, 1)}\n`);
}

/** Throws INVALID_ARGUMENT when a canary was asked something else. */
export function checkComparable(before: Canary, now: Canary["asked"]): void {
  for (const key of Object.keys(now) as (keyof Canary["asked"])[]) {
    const [was, is] = [before.asked[key], now[key]].map((value) => JSON.stringify(value));
    if (was === is) continue;
    throw new LlmopsError("INVALID_ARGUMENT", `The canary that was kept had other ${key}: ${was}; now it would be ${is}.`, {
      hint: "Ask the same questions, or save a new canary with --bless.",
    });
  }
}
