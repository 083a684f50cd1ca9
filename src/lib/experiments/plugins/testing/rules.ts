/** Ends a check with the rule that does not hold, in words for whoever wrote what is checked. */
export function rule(holds: boolean, broken: string): asserts holds {
  if (!holds) throw new Error(broken);
}

/** Whether two results are the same, as JSON. */
export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
