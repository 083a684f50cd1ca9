import { useCallback, useRef, useState } from "react";
import type { RunRow } from "../../api/documents.js";
import type { RunLines } from "./use-run-lines.js";
import type { Selection } from "./use-selection.js";
import { runOf } from "./use-table-keys.js";

interface LineSelection {
  /** The line that keys act on. */
  active: number;
  setActive: (line: number) => void;
  /** Selects a run or, with isRange, all from the line selected last to this one. */
  select: (run: RunRow, line: number, isRange: boolean) => void;
}

/** Which line is active, and a function to select runs that stays the same while lines come and go. */
export function useLineSelection(rows: RunLines, { toggle, selectRange }: Selection): LineSelection {
  const [active, setActive] = useState(0);
  const current = useRef(rows);
  current.current = rows;
  const anchor = useRef(0);
  const select = useCallback(
    (run: RunRow, line: number, isRange: boolean) => {
      const [from, to] = [Math.min(anchor.current, line), Math.max(anchor.current, line)];
      const between = Array.from({ length: to - from + 1 }, (_, i) => runOf(current.current.at(from + i)));
      if (isRange) selectRange(between.filter((each) => each !== undefined));
      else toggle(run);
      anchor.current = line;
      setActive(line);
    },
    [toggle, selectRange],
  );
  return { active, setActive, select };
}
