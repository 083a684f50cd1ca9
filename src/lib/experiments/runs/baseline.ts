import { readdirSync } from "node:fs";
import { join } from "node:path";
import { mean } from "simple-statistics";
import { z } from "zod";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { hintWhereFull } from "../../base/errors/system-failures.js";
import { LARGEST_SCORE } from "../../base/stats/score-value.js";
import { readJsonFile } from "../../base/files/read-text-file.js";
import { writeWhole } from "../../base/files/write-whole.js";
import { directionOf, isRate } from "./compare-scores.js";
import type { SampleScores, ScoredSource } from "./sample-scores.js";

const TIMES = /^(latency|first_token)_seconds$|^tokens_per_second$/;

export const baselineSchema = z.object({
  schema: z.literal("llmops.baseline/1"),
  setting: z.string(),
  params: z.record(z.string(), z.string()),
  metrics: z.record(
    z.string(),
    z.object({
      /** Absent where nobody said which way the score is better, and its name does not tell. */
      direction: z.enum(["max", "min", "none"]).optional(),
      mean: z.number(),
      /** Rights and wrongs, although repeats are kept as their mean. */
      rate: z.boolean().optional(),
      samples: z.record(z.string(), z.number().min(-LARGEST_SCORE).max(LARGEST_SCORE)),
    }),
  ),
  /** What each sample asks: digests of the question and, where there is one, of the right answer. Absent in older files. */
  asked: z.record(z.string(), z.object({ question: z.string(), reference: z.string().nullable() })).optional(),
});

/** The scores of a blessed run, sample by sample: a file for version control, the same bytes for the same scores. */
export type Baseline = z.infer<typeof baselineSchema>;

/** A baseline of the scores of a run, not rounded: the same scores compare as equal. Times of a machine are left out. */
export function toBaseline(
  params: Record<string, string>,
  { name, scores, directions, table }: ScoredSource & { scores: SampleScores },
): Baseline {
  const asked = [...(table?.asked ?? [])].map(([id, own]) => [sampleId(id), own] as const).sort(byName);
  const metrics = [...scores].filter(([metric]) => !TIMES.test(metric)).sort(byName);
  return {
    schema: "llmops.baseline/1",
    setting: name,
    params: Object.fromEntries(Object.entries(params).sort(byName)),
    metrics: Object.fromEntries(
      metrics.map(([metric, bySample]) => {
        const samples = [...bySample].map(([id, values]) => [sampleId(id), mean(values)] as const).sort(byName);
        const direction = directionOf(metric, [{ directions }]);
        return [
          metric,
          {
            ...(direction && { direction }),
            mean: mean(samples.map(([, value]) => value)),
            ...(isRate(bySample) && { rate: true }),
            samples: Object.fromEntries(samples),
          },
        ];
      }),
    ),
    ...(asked.length > 0 && { asked: Object.fromEntries(asked) }),
  };
}

/** Reads a baseline by name. Throws BASELINE_NOT_FOUND naming those there are, or INVALID_ARGUMENT for a broken file. */
export function readBaseline(folder: string, name: string): Baseline {
  const path = pathOf(folder, name);
  try {
    return baselineSchema.parse(readJsonFile(path));
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") {
      const known = listBaselines(folder);
      throw new LlmopsError("BASELINE_NOT_FOUND", `No baseline "${name}" was found in ${folder}.`, {
        hint: known.length === 0 ? `Make one with: llmops baseline bless ${name} RUN` : `Available: ${known.join(", ")}.`,
        cause,
      });
    }
    throw new LlmopsError("INVALID_ARGUMENT", `${path} is not a baseline: ${messageOf(cause)}.`, {
      hint: "Bless a run again to replace it.",
      cause,
    });
  }
}

/** Writes a baseline, whole or not at all, and returns its path. Throws STORE_UNWRITABLE. */
export function writeBaseline(folder: string, name: string, baseline: Baseline): string {
  const path = pathOf(folder, name);
  try {
    writeWhole(path, `${JSON.stringify(baseline, null, 1)}\n`, { folderMode: 0o777 });
    return path;
  } catch (cause) {
    throw new LlmopsError("STORE_UNWRITABLE", `The baseline ${path} cannot be written: ${messageOf(cause)}.`, {
      hint: hintWhereFull(cause, "Make the folder writable."),
      cause,
    });
  }
}

/** The names of the baselines in a folder, sorted. */
export function listBaselines(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -".json".length))
      .sort();
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** The scores of a metric. Throws INVALID_ARGUMENT with those there are. */
export function baselineMetric(baseline: Baseline, metric: string): Baseline["metrics"][string] {
  const found = Object.hasOwn(baseline.metrics, metric) ? baseline.metrics[metric] : undefined;
  if (found) return found;
  throw new LlmopsError("INVALID_ARGUMENT", `The baseline has no metric "${metric}".`, {
    hint: `It has: ${Object.keys(baseline.metrics).join(", ")}. Put one of them first with --scorer.`,
  });
}

/** A baseline as a result to compare with. */
export function baselineSource(name: string, { metrics, asked }: Baseline): ScoredSource & { scores: SampleScores } {
  const all = Object.entries(metrics);
  return {
    name,
    scores: new Map(
      all.map(([metric, { samples }]) => [metric, new Map(Object.entries(samples).map(([id, value]) => [JSON.stringify(id), [value]]))]),
    ),
    directions: Object.fromEntries(all.flatMap(([metric, { direction }]) => (direction ? [[metric, direction]] : []))),
    rates: new Set(all.flatMap(([metric, { rate }]) => (rate === true ? [metric] : []))),
    ...(asked && { asked: new Map(Object.entries(asked).map(([id, own]) => [JSON.stringify(id), own])) }),
  };
}

function pathOf(folder: string, name: string): string {
  if (/^[\w][\w.-]*$/.test(name)) return join(folder, `${name}.json`);
  throw new LlmopsError("INVALID_ARGUMENT", `"${name}" is not a baseline name.`, {
    hint: "Use letters, digits, dots, dashes and underscores.",
  });
}

/** Ids stand as JSON in sample scores. */
function sampleId(key: string): string {
  return key.startsWith('"') ? (JSON.parse(key) as string) : key;
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1;
}
