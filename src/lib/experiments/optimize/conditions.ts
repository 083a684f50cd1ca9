import { z } from "zod";
import type { Constraint } from "./objective.js";

export const brokenConditionSchema = z.object({
  condition: z.string().describe("As the user wrote it."),
  value: z.number(),
});

/** A condition that is not kept, and what was measured. */
export type BrokenCondition = z.infer<typeof brokenConditionSchema>;

/** The conditions that measured values break, of one value for each; NaN breaks none, as nothing was measured. */
export function brokenOf(constraints: readonly Constraint[], values: readonly number[]): BrokenCondition[] {
  return constraints.flatMap((constraint, k) => {
    const value = values[k] ?? Number.NaN;
    return shortfall(constraint, value) > 0 ? [{ condition: constraint.text, value }] : [];
  });
}

/** Whether all conditions are kept; null without conditions, and where one that may decide was not measured. */
export function isFeasible(constraints: readonly Constraint[], values: readonly number[]): boolean | null {
  if (brokenOf(constraints, values).length > 0) return false;
  return constraints.length === 0 || constraints.some((_, k) => !Number.isFinite(values[k])) ? null : true;
}

/** The index of the values that miss the conditions by least: each miss as a share of the worst miss of its condition. */
export function nearestTo(constraints: readonly Constraint[], measured: readonly (readonly number[])[]): number | undefined {
  const misses = constraints.map((constraint, k) =>
    measured.map((values) => Math.max(0, shortfall(constraint, values[k] ?? Number.NaN) || 0)),
  );
  const worst = misses.map((own) => Math.max(...own) || 1);
  const total = (index: number) => misses.reduce((sum, own, k) => sum + (own[index] ?? 0) / (worst[k] ?? 1), 0);
  return measured
    .map((_, index) => index)
    .reduce<number | undefined>((best, index) => (best === undefined || total(index) < total(best) ? index : best), undefined);
}

/** By how much a value misses a bound; not above 0 where it keeps it. */
function shortfall({ sense, bound }: Constraint, value: number): number {
  return sense * (bound - value);
}
