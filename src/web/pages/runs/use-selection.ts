import { useCallback, useMemo, useState } from "react";
import type { RunRow } from "../../api/documents.js";

/** The runs that are selected, by their ids. */
export interface Selection {
  selected: ReadonlyMap<string, RunRow>;
  toggle: (run: RunRow) => void;
  selectRange: (runs: readonly RunRow[]) => void;
  clear: () => void;
}

/** Keeps which runs are selected. */
export function useSelection(): Selection {
  const [selected, setSelected] = useState<ReadonlyMap<string, RunRow>>(new Map());
  const toggle = useCallback(
    (run: RunRow) =>
      setSelected((before) => {
        const next = new Map(before);
        if (!next.delete(run.run_id)) next.set(run.run_id, run);
        return next;
      }),
    [],
  );
  const selectRange = useCallback(
    (runs: readonly RunRow[]) => setSelected((before) => new Map([...before, ...runs.map((run) => [run.run_id, run] as const)])),
    [],
  );
  const clear = useCallback(() => setSelected(new Map()), []);
  return useMemo(() => ({ selected, toggle, selectRange, clear }), [selected, toggle, selectRange, clear]);
}
