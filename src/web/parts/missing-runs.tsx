import type { ReactElement } from "react";
import { count, formatNumber } from "../format/numbers.js";

const SHOWN = 5;

/** Says which of the runs that an address names are not in the store; nothing where all are. */
export function MissingRuns({ ids }: { ids: readonly string[] }): ReactElement | null {
  if (ids.length === 0) return null;
  const more = ids.length > SHOWN ? `, and ${formatNumber(ids.length - SHOWN)} more` : "";
  return (
    <p className="notice notice-bad" dir="auto">
      {count(ids.length, "run")} {ids.length === 1 ? "was" : "were"} not found in the store: {ids.slice(0, SHOWN).join(", ")}
      {more}
    </p>
  );
}
