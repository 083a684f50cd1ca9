import { nearestOf } from "../../base/errors/nearest.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { MEASURE_NAMES, measureOf, type Measured, type MeasureName, type Unit } from "./measures.js";

export type Comparator = "<" | "<=" | ">" | ">=";

/** A bound on a measure, such as p95_response_time<1s. */
export interface Condition {
  /** As it was written. */
  text: string;
  measure: MeasureName;
  comparator: Comparator;
  /** In the measure's unit. */
  bound: number;
}

const GRAMMAR = /^\s*(\w+)\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?(?:e-?\d+)?)\s*(%|[a-zA-Z]*)\s*$/;
const SUFFIXES: Record<Unit, Record<string, number>> = {
  seconds: { ms: 0.001, s: 1, m: 60 },
  bytes: { "": 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 1024, mib: 1024 ** 2, gib: 1024 ** 3 },
  ratio: { "%": 0.01, "": 1 },
  "per second": { "": 1 },
  count: { "": 1 },
};

/** Reads "p95_response_time<1s", "error_rate > 5%" or "memory<4GB". Throws INVALID_ARGUMENT, with the nearest name for a measure there is not. */
export function parseCondition(text: string): Condition {
  const [, name = "", comparator, amount = "", suffix = ""] = GRAMMAR.exec(text) ?? [];
  if (comparator === undefined) throw notACondition(text, "Write it as p95_response_time<1s, error_rate>5% or memory<4GB.");
  if (!isMeasure(name)) {
    const nearest = nearestOf(name, MEASURE_NAMES);
    throw notACondition(text, `${nearest === undefined ? "" : `Did you mean ${nearest}? `}Available: ${MEASURE_NAMES.join(", ")}.`);
  }
  const { unit } = measureOf(name);
  const factor = SUFFIXES[unit][suffix.toLowerCase()];
  if (factor === undefined) {
    const known = Object.keys(SUFFIXES[unit]).filter((one) => one !== "");
    throw notACondition(
      text,
      `${name} is ${unit === "seconds" ? "a time in" : unit}; write the bound ${known.length > 0 ? `with ${known.join(", ")}` : "without a unit"}.`,
    );
  }
  return { text: text.trim(), measure: name, comparator: comparator as Comparator, bound: Number(amount) * factor };
}

function isMeasure(name: string): name is MeasureName {
  return (MEASURE_NAMES as readonly string[]).includes(name);
}

function notACondition(text: string, hint: string): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a condition.`, { hint });
}

/** Whether a condition holds; undefined where its measure is not known. */
export function holds({ measure, comparator, bound }: Condition, measured: Measured): boolean | undefined {
  const { [measure]: value } = measured;
  if (value === undefined) return undefined;
  if (comparator === "<") return value < bound;
  if (comparator === "<=") return value <= bound;
  return comparator === ">" ? value > bound : value >= bound;
}
