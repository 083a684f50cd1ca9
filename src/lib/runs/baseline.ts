import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mean } from "simple-statistics";
import { z } from "zod";
import { LlmopsError, messageOf, systemCodeOf } from "../errors/llmops-error.js";
import { readJsonFile } from "../files/read-text-file.js";
import type { DecidedState } from "../gates/checks.js";
import { checkNoLoss } from "../gates/no-loss.js";
import { comparePaired, type PairedDifference } from "../stats/paired.js";
import { furtherToRuleOut, isProven, toVerdict, type Direction } from "../stats/verdict.js";
import { directionOf, type ScoredSource } from "./compare-scores.js";
import type { SampleScores } from "./sample-scores.js";
import { counted } from "../errors/counted.js";

const TIMES = /^(latency|first_token)_seconds$|^tokens_per_second$/;

export const baselineSchema = z.object({
  schema: z.literal("llmops.baseline/1"),
  setting: z.string(),
  params: z.record(z.string(), z.string()),
  metrics: z.record(
    z.string(),
    z.object({ direction: z.enum(["max", "min", "none"]), mean: z.number(), samples: z.record(z.string(), z.number()) }),
  ),
});

/** The scores of a blessed run, sample by sample: a file for version control, the same bytes for the same scores. */
export type Baseline = z.infer<typeof baselineSchema>;

/** A baseline of the scores of a run, not rounded: the same scores compare as equal. Times of a machine are left out. */
export function toBaseline(
  params: Record<string, string>,
  { name, scores, directions }: ScoredSource & { scores: SampleScores },
): Baseline {
  const metrics = [...scores].filter(([metric]) => !TIMES.test(metric)).sort(byName);
  return {
    schema: "llmops.baseline/1",
    setting: name,
    params: Object.fromEntries(Object.entries(params).sort(byName)),
    metrics: Object.fromEntries(
      metrics.map(([metric, bySample]) => {
        const samples = [...bySample].map(([id, values]) => [sampleId(id), mean(values)] as const).sort(byName);
        return [
          metric,
          {
            direction: directions[metric] ?? directionOf(metric),
            mean: mean(samples.map(([, value]) => value)),
            samples: Object.fromEntries(samples),
          },
        ];
      }),
    ),
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
      throw new LlmopsError("BASELINE_NOT_FOUND", `There is no baseline "${name}" in ${folder}.`, {
        hint: known.length === 0 ? `Make one with: llmops baseline bless ${name} RUN` : `There are: ${known.join(", ")}.`,
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
  const draft = `${path}.${randomUUID()}.new`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, `${JSON.stringify(baseline, null, 1)}\n`);
    renameSync(draft, path);
    return path;
  } catch (cause) {
    rmSync(draft, { force: true });
    throw new LlmopsError("STORE_UNWRITABLE", `The baseline ${path} cannot be written: ${messageOf(cause)}.`, {
      hint: "Make the folder writable.",
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
  const found = baseline.metrics[metric];
  if (found) return found;
  throw new LlmopsError("INVALID_ARGUMENT", `The baseline has no metric "${metric}".`, {
    hint: `It has: ${Object.keys(baseline.metrics).join(", ")}. Name one of them first with --scorer.`,
  });
}

/** How scores stand against a baseline. */
export interface BaselineComparison extends PairedDifference {
  /** Not met where a loss of `minEffect` or more is proven; cannot tell where one as large cannot be ruled out. */
  state: DecidedState;
  evidence: string;
}

/** Compares the scores of a metric with a baseline's over the samples both have. Throws INVALID_ARGUMENT for a metric it lacks. */
export function compareWithBaseline(
  baseline: Baseline,
  { metric, bySample }: { metric: string; bySample: ReadonlyMap<string, readonly number[]> },
  minEffect: number,
): BaselineComparison {
  const base = baselineMetric(baseline, metric);
  const differences = [...bySample].flatMap(([id, values]) => {
    const before = base.samples[sampleId(id)];
    return before === undefined || values.length === 0 ? [] : [mean([...values]) - before];
  });
  const compared = comparePaired(differences);
  return { ...compared, ...judge(compared, { direction: base.direction, minEffect, metric }) };
}

/** The scores of a baseline by metric and sample, as runs have them. */
export function toSampleScores({ metrics }: Baseline): SampleScores {
  return new Map(
    Object.entries(metrics).map(([metric, { samples }]) => [
      metric,
      new Map(Object.entries(samples).map(([id, value]) => [JSON.stringify(id), [value]])),
    ]),
  );
}

function judge(
  compared: PairedDifference,
  { direction, minEffect, metric }: { direction: Direction; minEffect: number; metric: string },
): Pick<BaselineComparison, "state" | "evidence"> {
  const { n, difference, low, high, pValue } = compared;
  if (n === 0) return { state: "cannot tell", evidence: "no sample of the baseline was asked" };
  const range = low === null || high === null ? "" : ` (${round(low)} to ${round(high)})`;
  const seen = `${metric} ${difference > 0 ? "+" : ""}${round(difference)}${range} over ${counted(n, "sample")}, p = ${Number(pValue.toPrecision(2))}`;
  const state = stateOf(compared, direction, minEffect);
  if (state === "not met") return { state, evidence: `worse: ${seen}` };
  if (state === "met") return { state, evidence: `not worse: ${seen}` };
  const further = furtherToRuleOut(compared, minEffect + (direction === "min" ? -difference : difference));
  const more = further === null ? "" : `, about ${further} more samples would tell`;
  return { state, evidence: `${seen}; a loss of ${minEffect} cannot be ruled out${more}` };
}

/** A quantity that is neither good nor bad is fine as soon as it is known. */
function stateOf(compared: PairedDifference, direction: Direction, margin: number): BaselineComparison["state"] {
  if (direction !== "none") return checkNoLoss({ ...compared, proven: isProven(compared) }, { direction, margin });
  return toVerdict(compared, { direction, minEffect: margin }) === "cannot tell" ? "cannot tell" : "met";
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

function round(value: number): number {
  return Number(value.toPrecision(6));
}
