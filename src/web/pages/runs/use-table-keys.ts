import type { KeyboardEvent } from "react";
import { useLocation } from "wouter";
import type { RunRow } from "../../api/documents.js";
import { groupKey } from "./run-windows.js";
import type { RunLine } from "./use-run-lines.js";

interface KeyTargets {
  rows: number;
  active: number;
  at: (line: number) => RunLine;
  select: (run: RunRow, line: number, isRange: boolean) => void;
  expand: (key: string) => void;
  expanded: ReadonlySet<string>;
  clear: () => void;
}

/** Arrows, Page Up and Down, Home and End move; Space selects, Enter opens, Right and Left show and hide what is below a line, Escape selects nothing. */
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
    const line = at(active);
    if (event.key === "Escape") clear();
    const fold = foldOf(line);
    if (fold && foldKeys(fold, expanded).includes(event.key)) expand(fold.key);
    const run = runOf(line);
    if (!run) return undefined;
    if (event.key === " ") {
      event.preventDefault();
      select(run, active, event.shiftKey);
    }
    if (event.key === "Enter") navigate(`/runs/${run.run_id}`);
    return undefined;
  };
}

interface Fold {
  key: string;
  isGroup: boolean;
}

/** The keys that show or hide what is below a line. */
function foldKeys({ key, isGroup }: Fold, expanded: ReadonlySet<string>): string[] {
  return [expanded.has(key) ? "ArrowLeft" : "ArrowRight", ...(isGroup ? ["Enter"] : [])];
}

/** What of a line can be shown below it. */
function foldOf(line: RunLine): Fold | undefined {
  if (line === undefined) return undefined;
  if ("group" in line) return { key: groupKey(line.group), isGroup: true };
  return line.under === undefined && line.run.children > 0 ? { key: line.run.run_id, isGroup: false } : undefined;
}

/** The run that a line shows; undefined where it shows none. */
export function runOf(line: RunLine): RunRow | undefined {
  return line && "run" in line ? line.run : undefined;
}
