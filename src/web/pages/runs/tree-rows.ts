/** A run whose children are shown below it. */
export interface Expansion {
  /** Where the run is among those of the first level, from 0. */
  index: number;
  /** How many lines its children take. */
  lines: number;
}

/** What a line of the table shows: a run of the first level, or a child of one. */
export type Line = { index: number; child?: undefined } | { index: number; child: number };

/** How many lines the table has. */
export function lineCount(runs: number, expansions: readonly Expansion[]): number {
  return expansions.reduce((sum, { index, lines }) => sum + (index < runs ? lines : 0), runs);
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
