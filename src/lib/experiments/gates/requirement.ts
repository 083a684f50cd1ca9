import { LlmopsError } from "../../base/errors/llmops-error.js";
import { FEWEST_ALIKE, type Estimate } from "../../base/stats/estimate.js";
import type { DecidedState } from "./checks.js";
import { counted } from "../../base/errors/counted.js";

export type Comparator = "<" | "<=" | ">" | ">=";

/** What a metric has to be. */
export interface Requirement {
  metric: string;
  comparator: Comparator;
  bound: number;
  /** By its whole 95 % interval, or by the mean alone. */
  by: "interval" | "mean";
}

const INVERSE: Record<Comparator, Comparator> = { "<": ">=", "<=": ">", ">": "<=", ">=": "<" };

/** Reads what must hold: "accuracy>=0.9" or "accuracy>=90%", by the interval. Throws INVALID_ARGUMENT. */
export function parseRequirement(text: string): Requirement {
  const parsed = parseCondition(text);
  if (parsed) return { ...parsed, by: "interval" };
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a requirement.`, {
    hint: "Write what must hold, as in --require 'accuracy>=0.9' or 'latency_seconds<=2'.",
  });
}

/** Reads what fails a result: "accuracy<0.9" requires a mean of at least 0.9. Throws INVALID_ARGUMENT. */
export function parseFailUnder(text: string): Requirement {
  const parsed = parseCondition(text);
  if (parsed) return { ...parsed, comparator: INVERSE[parsed.comparator], by: "mean" };
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a condition.`, {
    hint: "Write what fails it, as in --fail-under 'accuracy<0.9' or 'latency_seconds>2'.",
  });
}

/** Reads "metric<bound", where the bound may be a share in per cent; undefined for anything else. */
export function parseCondition(text: string): Omit<Requirement, "by"> | undefined {
  const [, metric, comparator, against = ""] = /^\s*([\w./: -]+?)\s*(<=|>=|<|>)([^<>=]*)$/.exec(text) ?? [];
  const bound = parseBound(against);
  if (metric === undefined || comparator === undefined || bound === undefined) return undefined;
  return { metric, comparator: comparator as Comparator, bound };
}

/** Reads "0.9", "90%" or "1e-3"; undefined for anything else. */
function parseBound(text: string): number | undefined {
  const [, digits, percent] = /^\s*([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)\s*(%?)\s*$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return percent === "%" ? Number(digits) / 100 : Number(digits);
}

/** A requirement in words: "accuracy >= 0.9 by the mean". */
export function nameRequirement({ metric, comparator, bound, by }: Requirement): string {
  return `${metric} ${comparator} ${bound}${by === "mean" ? " by the mean" : ""}`;
}

/** Whether an estimate holds a requirement. */
export function stateOf({ mean, low, high, n }: Estimate, requirement: Requirement): DecidedState {
  if (Number.isNaN(mean)) return "cannot tell";
  if (requirement.by === "mean") return holds(mean, requirement) ? "met" : "not met";
  if (low === null || high === null || (low === high && n < FEWEST_ALIKE)) return "cannot tell";
  const [lowest, highest] = [holds(low, requirement), holds(high, requirement)];
  if (lowest && highest) return "met";
  return lowest || highest ? "cannot tell" : "not met";
}

/** In words, why an estimate has no interval that a requirement could be decided by; empty where it has one, or none is needed. */
export function explainNoInterval({ low, high, n }: Estimate, { by }: Pick<Requirement, "by">): string {
  if (by === "mean" || n === 0 || (low !== null && high !== null && (low !== high || n >= FEWEST_ALIKE))) return "";
  const fewest =
    n === 1 ? "one row has no interval: at least 2 rows are needed" : `all ${n} values are alike: at least ${FEWEST_ALIKE} rows are needed`;
  return `; ${fewest}`;
}

/** Whether a number holds a requirement. */
export function holds(value: number, { comparator, bound }: Pick<Requirement, "comparator" | "bound">): boolean {
  return { "<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound }[comparator];
}

/** An estimate as evidence: "83.2 % (79.1 to 87)", rates in per cent. */
export function describeEstimate({ mean, low, high, n }: Estimate, kind: "rate" | "mean" = "mean"): string {
  const text = (value: number) => String(Number((kind === "rate" ? 100 * value : value).toPrecision(4)));
  const range = low === null || high === null ? "" : ` (${text(low)} to ${text(high)})`;
  const over = n === 0 ? "" : ` over ${counted(n, "sample")}`;
  return `${text(mean)}${kind === "rate" ? " %" : ""}${range}${over}`;
}
