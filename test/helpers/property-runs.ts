/** How many cases a property is tried with: few enough for every run of the tests, or as many as LLMOPS_PROPERTY_RUNS says. */
export function propertyRuns(byDefault: number): number {
  return Number(process.env["LLMOPS_PROPERTY_RUNS"] ?? byDefault);
}
