import { LlmopsError } from "../errors/llmops-error.js";
import { comparePaired } from "../stats/paired.js";
import { MlflowError } from "../tracking/mlflow-error.js";
import { metricValue } from "../tracking/records.js";
import { STAGES, type ModelVersion } from "../tracking/registry-records.js";
import type { TrackingStore } from "../tracking/tracking-store.js";
import { pairDifferences } from "./compare-scores.js";
import { readSampleScores } from "./sample-scores.js";

/** A condition on a version before it is promoted: a metric against a number, or against the version an alias or stage names. */
export interface Requirement {
  metric: string;
  comparator: ">" | ">=" | "<" | "<=";
  against: number | string;
}

export interface GateResult {
  requirement: string;
  passed: boolean;
  /** What was seen, in words. */
  evidence: string;
}

const ALPHA = 0.05;

/** Reads "accuracy>=champion" or "latency<2". Throws INVALID_ARGUMENT. */
export function parseRequirement(text: string): Requirement {
  const [, metric, comparator, against] = /^\s*([\w/.: -]+?)\s*(>=|<=|>|<)\s*@?([\w.+-]+)\s*$/.exec(text) ?? [];
  if (metric === undefined || comparator === undefined || against === undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a requirement.`, {
      hint: "Write METRIC>=ALIAS, METRIC>ALIAS, or a number, as in: accuracy>=champion, latency<2.",
    });
  }
  const number = Number(against);
  return { metric, comparator: comparator as Requirement["comparator"], against: Number.isNaN(number) ? against : number };
}

/**
 * Tests a requirement for a version. Against another version, ">" and "<" ask for a difference in that
 * direction that the samples both runs scored prove (paired test, 5 %), ">=" and "<=" for no
 * proven difference the other way. Without scores of samples the metrics are compared as they are.
 */
export async function checkRequirement(store: TrackingStore, version: ModelVersion, requirement: Requirement): Promise<GateResult> {
  const { metric, comparator, against } = requirement;
  const text = `${metric}${comparator}${against}`;
  const value = await metricOf(store, version, metric);
  if (typeof against === "number") {
    return { requirement: text, passed: compare(value, comparator, against), evidence: `${metric} is ${round(value)}` };
  }
  const other = await findNamed(store, version.name, against);
  if (!other) return { requirement: text, passed: true, evidence: `${version.name} has no ${against} yet` };
  if (other.version === version.version) return { requirement: text, passed: true, evidence: `it is ${against} already` };
  const base = await metricOf(store, other, metric);
  const differences = await pairedDifferences(store, [other, version], metric);
  const numbers = `${metric} is ${round(value)}, of ${against} (version ${other.version}) ${round(base)}`;
  if (differences.length === 0) {
    return {
      requirement: text,
      passed: compare(value, comparator, base),
      evidence: `${numbers}; no scores of single samples to test it with`,
    };
  }
  const { difference, n, pValue } = comparePaired(differences);
  return {
    requirement: text,
    passed: isProven(difference, pValue, comparator),
    evidence: `${numbers}; paired over ${n} samples p = ${round(pValue)}`,
  };
}

function isProven(difference: number, pValue: number, comparator: Requirement["comparator"]): boolean {
  const up = comparator.startsWith(">");
  const inDirection = up ? difference > 0 : difference < 0;
  if (comparator === ">" || comparator === "<") return inDirection && pValue <= ALPHA;
  return inDirection || difference === 0 || pValue > ALPHA;
}

function compare(value: number, comparator: Requirement["comparator"], bound: number): boolean {
  if (comparator === ">") return value > bound;
  if (comparator === ">=") return value >= bound;
  return comparator === "<" ? value < bound : value <= bound;
}

async function metricOf(store: TrackingStore, { name, version, runId }: ModelVersion, metric: string): Promise<number> {
  if (runId === "") {
    throw new LlmopsError("STORE_NOT_FOUND", `Version ${version} of ${name} has no run, and so no metric "${metric}".`, {
      hint: "Register it with the run that evaluated it: llmops mlflow register NAME SOURCE --run RUN",
    });
  }
  const run = await store.getRun(runId);
  const value = metricValue(run, metric);
  if (value !== undefined) return value;
  throw new LlmopsError("STORE_NOT_FOUND", `The run ${runId} of ${name} version ${version} has no metric "${metric}".`, {
    hint: `It has: ${run.metrics.map(({ key }) => key).join(", ") || "none"}.`,
  });
}

async function pairedDifferences(store: TrackingStore, versions: readonly ModelVersion[], metric: string): Promise<number[]> {
  const [first, second] = await Promise.all(versions.map(async ({ runId }) => readSampleScores(store, await store.getRun(runId))));
  const name = metric.replace(/\/(mean|score)$/, "");
  const column = [metric, name].find((key) => first?.has(key) && second?.has(key));
  return column === undefined ? [] : pairDifferences(first?.get(column), second?.get(column));
}

async function findNamed(store: TrackingStore, name: string, aliasOrStage: string): Promise<ModelVersion | undefined> {
  const stage = STAGES.find((known) => known.toLowerCase() === aliasOrStage.toLowerCase());
  if (stage) return (await store.registry.latestVersions(name, [stage]))[0];
  try {
    return await store.registry.getByAlias(name, aliasOrStage);
  } catch (error) {
    if (error instanceof MlflowError && /alias .* not found/i.test(error.message)) return undefined;
    throw error;
  }
}

function round(value: number): string {
  return String(Number(value.toPrecision(4)));
}
