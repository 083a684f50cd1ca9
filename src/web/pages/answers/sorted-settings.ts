import type { RunRow } from "../../api/documents.js";
import { compareValues } from "../../format/numbers.js";

/** The settings of a study by the parameters in which they differ, else as they are: they begin together, so that times say nothing. */
export function sortedSettings(runs: readonly RunRow[]): RunRow[] {
  const keys = [...new Set(runs.flatMap(({ params }) => Object.keys(params)))];
  const differing = keys.filter((key) => runs.some(({ params }) => params[key] !== runs[0]?.params[key]));
  return [...runs].sort((a, b) => {
    for (const key of differing) {
      const order = compareValues(a.params[key] ?? "", b.params[key] ?? "");
      if (order !== 0) return order;
    }
    return 0;
  });
}
