import { wrapProse } from "./display-width.js";
import { fitColumns, type Column } from "./fit-columns.js";
import { describeHidden, plainTable, type PlainTableOptions } from "./plain-table.js";
import type { Screen } from "./screen.js";

interface SplitOptions extends Pick<PlainTableOptions, "align"> {
  /** How many columns at the beginning name a row: every table has them. */
  keys: number;
  /** Columns that are to be seen, if not in the first table then in one below it. */
  isWanted: (column: Column, index: number) => boolean;
}

/** A table, below it further ones with the wanted columns that had no room in it, and what is left out of all of them. */
export function splitTable(
  head: readonly Column[],
  rows: readonly (readonly string[])[],
  screen: Screen,
  { keys, isWanted, align = "left" }: SplitOptions,
): string {
  const tables: string[] = [];
  const named = head.map((_, i) => i).slice(0, keys);
  let left = head.map((_, i) => i).slice(keys);
  const given = (index: number) => head[index] ?? { name: "" };
  for (let isFirst = true; isFirst || left.some((index) => isWanted(given(index), index)); isFirst = false) {
    const wanted = isFirst ? left : left.filter((index) => isWanted(given(index), index));
    const indices = [...named, ...wanted];
    const columns = indices.map((index, i) => (isFirst ? given(index) : { ...given(index), priority: Math.max(0, i - keys) }));
    const cells = rows.map((row) => indices.map((index) => row[index] ?? ""));
    const hidden = new Set(fitColumns(columns, cells, screen.width).hidden.map((i) => indices[i]));
    tables.push(plainTable(columns, cells, screen, { align, elsewhere: false }));
    left = left.filter((index) => hidden.has(index) || !wanted.includes(index));
  }
  if (left.length === 0) return tables.join("\n");
  const missing = describeHidden(left.map((index) => given(index).name));
  return [...tables, screen.chalk.dim(wrapProse(missing, screen.width))].join("\n");
}
