import type { KeyboardEvent } from "react";
import { useLocation } from "wouter";
import type { RunRow } from "../../api/documents.js";
import type { RunLine } from "./use-run-lines.js";

interface KeyTargets {
  rows: number;
  active: number;
  at: (line: number) => RunLine;
  select: (run: RunRow, line: number, isRange: boolean) => void;
  expand: (runId: string) => void;
  expanded: ReadonlySet<string>;
  clear: () => void;
}

/** Arrows, Page Up and Down, Home and End move; Space selects, Enter opens, Right and Left show and hide children, Escape selects nothing. */
export function useTableKeys({
  rows,
  active,
  at,
  select,
  expand,
  expanded,
  clear,
}: KeyTargets): (event: KeyboardEvent) => number | undefined {
  const [, navigate] = useLocation();
  const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15, Home: -rows, End: rows };
  return (event) => {
    if (event.target !== event.currentTarget) return undefined;
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      return Math.max(0, Math.min(rows - 1, active + step));
    }
    const run = runOf(at(active));
    if (event.key === "Escape") clear();
    if (!run) return undefined;
    if (event.key === " ") {
      event.preventDefault();
      select(run, active, event.shiftKey);
    }
    if (event.key === "Enter") navigate(`/runs/${run.run_id}`);
    const isOpen = expanded.has(run.run_id);
    if (run.children > 0 && ((event.key === "ArrowRight" && !isOpen) || (event.key === "ArrowLeft" && isOpen))) expand(run.run_id);
    return undefined;
  };
}

/** The run that a line shows; undefined where it shows none. */
export function runOf(line: RunLine): RunRow | undefined {
  return line && "run" in line ? line.run : undefined;
}
