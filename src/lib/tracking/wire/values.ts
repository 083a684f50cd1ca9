import { keyed } from "../keyed.js";

/** A number as MLflow's JSON has it: NaN and the infinities as words. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

export interface WirePair {
  key: string;
  value: string;
}

/** A double for MLflow's JSON. */
export function toWireNumber(value: number): WireNumber {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return value;
  return value > 0 ? "Infinity" : "-Infinity";
}

/** A double of MLflow's JSON. */
export function fromWireNumber(value: WireNumber): number {
  return Number(value);
}

/** Keys and values as MLflow's list; undefined, and so left out, when there are none. */
export function toPairs(values: Readonly<Record<string, string>>): WirePair[] | undefined {
  return nonEmpty(Object.entries(values).map(([key, value]) => ({ key, value })));
}

/** Keys and values of MLflow's list. */
export function fromPairs(pairs: readonly Partial<WirePair>[] | undefined): Record<string, string> {
  return keyed((pairs ?? []).map(({ key = "", value = "" }) => [key, value]));
}

/** The list, or undefined when it is empty: MLflow leaves empty lists out. */
export function nonEmpty<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}
