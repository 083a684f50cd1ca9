/** What stands below a line of the first level: children of a run, or the runs of a group. */
export interface Expansion {
  /** Where the line is among those of the first level, from 0. */
  index: number;
  /** How many lines stand below it. */
  lines: number;
}

/** What a line of the table shows: one of the first level, or one that stands below it. */
export type Line = { index: number; child?: undefined } | { index: number; child: number };

/** From the first to the last, both included. */
export type Span = readonly [first: number, last: number];

/** How many lines the table has. */
export function lineCount(tops: number, expansions: readonly Expansion[]): number {
  return expansions.reduce((sum, { index, lines }) => sum + (index < tops ? lines : 0), tops);
}

/** What a line shows, counted from 0. Expansions are in order of their index. */
export function lineAt(line: number, expansions: readonly Expansion[]): Line {
  let before = 0;
  for (const { index, lines } of expansions) {
    const first = index + before + 1;
    if (line < first) break;
    if (line < first + lines) return { index, child: line - first };
    before += lines;
  }
  return { index: line - before };
}

/** What some lines show: of the first level, and below each line of it by its index. */
export function spansOf([first, last]: Span, expansions: readonly Expansion[]): { tops: Span; below: Map<number, Span> } {
  const [from, to] = [lineAt(first, expansions), lineAt(last, expansions)];
  const below = new Map<number, Span>();
  for (const { index, lines } of expansions) {
    if (lines === 0 || index < from.index || index > to.index) continue;
    const end = index < to.index ? lines - 1 : to.child;
    if (end !== undefined) below.set(index, [index > from.index ? 0 : (from.child ?? 0), end]);
  }
  return { tops: [from.index, to.index], below };
}
