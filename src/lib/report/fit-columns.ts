import { displayWidth } from "./display-width.js";

/** How a column behaves where a table is too wide. */
export interface Column {
  name: string;
  /** Columns with higher numbers are left out first; 0 stays whatever happens. By default those on the right go first, the first stays. */
  priority?: number;
  /** Texts may be cut in their middle or broken into lines; numbers are never: they stay whole, or out. */
  fit?: "whole" | "shorten" | "wrap";
}

/** A column of numbers, ids, states: whole, or not there. */
export function whole(name: string, priority?: number): Column {
  return { name, fit: "whole", ...(priority !== undefined && { priority }) };
}

/** A column of names, cut in the middle where there is no room. */
export function cut(name: string, priority?: number): Column {
  return { name, fit: "shorten", ...(priority !== undefined && { priority }) };
}

/** A column of texts, over several lines where there is no room. */
export function broken(name: string, priority?: number): Column {
  return { name, fit: "wrap", ...(priority !== undefined && { priority }) };
}

/** The columns a table can have in a width: indices and widths of those kept, and the indices of the others. */
export interface FittedColumns {
  kept: { index: number; width: number; column: Column }[];
  hidden: number[];
}

/** Texts are not narrowed below this while a column could be left out instead. */
const COMFORTABLE = 16;
const NARROWEST = 4;
/** A border and two spaces a column, and the last border. */
const FRAME = 3;

/** Chooses columns and their widths so that a table with borders has at most `width` columns. */
export function fitColumns(head: readonly (string | Column)[], rows: readonly (readonly string[])[], width: number): FittedColumns {
  const columns = head.map((given, index) => {
    const column = typeof given === "string" ? { name: given } : given;
    const natural = Math.max(
      ...[column.name, ...rows.map((row) => row[index] ?? "")].flatMap((text) => text.split("\n").map(displayWidth)),
    );
    return { index, column, natural, priority: column.priority ?? (index === 0 ? 0 : 100 + index) };
  });
  let kept = columns;
  const hidden = new Set<number>();
  const least = (floor: number) => sum(kept.map((one) => (isText(one.column) ? Math.min(one.natural, floor) : one.natural)));
  while (least(COMFORTABLE) > roomFor(kept.length, width)) {
    const last = kept.filter(({ priority }) => priority > 0).reduce<(typeof kept)[number] | undefined>(later, undefined);
    if (!last) break;
    hidden.add(last.index);
    kept = kept.filter((one) => one !== last);
  }
  const widths = narrow(kept, roomFor(kept.length, width));
  return {
    kept: kept.map(({ index, column }, i) => ({ index, column, width: widths[i] ?? 0 })),
    hidden: [...hidden].sort((a, b) => a - b),
  };
}

interface Natural {
  column: Column;
  natural: number;
}

/** Takes what is missing from the widest texts first; from everything where texts alone do not do. */
function narrow(columns: readonly Natural[], room: number): number[] {
  const widths = columns.map(({ natural }) => natural);
  for (const [mayShrink, floor] of [
    [isText, COMFORTABLE],
    [isText, NARROWEST],
    [() => true, 1],
  ] as const) {
    while (sum(widths) > room) {
      const widest = widths.reduce<number>(
        (best, own, i) => (columns[i] && mayShrink(columns[i].column) && own > floor && own > (widths[best] ?? 0) ? i : best),
        -1,
      );
      if (widest < 0) break;
      widths[widest] = (widths[widest] ?? 0) - 1;
    }
  }
  return widths;
}

function later<T extends { priority: number; index: number }>(best: T | undefined, one: T): T {
  return best === undefined || one.priority > best.priority || (one.priority === best.priority && one.index > best.index) ? one : best;
}

function isText({ fit = "whole" }: Column): boolean {
  return fit !== "whole";
}

function roomFor(columns: number, width: number): number {
  return width - FRAME * columns - 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
