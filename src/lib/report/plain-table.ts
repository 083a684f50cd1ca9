import Table from "cli-table3";
import { displayWidth, shortenMiddle, wrapCell, wrapLine, wrapProse } from "./display-width.js";
import { fitColumns, type Column, type FittedColumns } from "./fit-columns.js";
import type { Screen } from "./screen.js";
import { visibleLine } from "./visible-text.js";
import { counted } from "../base/errors/counted.js";

export interface PlainTableOptions {
  align?: "left" | "right";
  /** Where what had no room can be seen, in words; false where the caller says it. */
  elsewhere?: string | false;
}

/**
 * Stands in for a column while the table is laid out: cli-table3 counts marks of Hindi, Thai or Arabic as columns, and would tear
 * tables that have them. What it stands for is put in its place afterwards.
 */
const STAND_IN = "\ue000";
const STAND_INS = /\ue000+/g;

/**
 * A table with bold headings, no lines between rows and no color of its own, no wider than the screen: texts are cut or broken, then
 * columns are left out by their priority, and named below.
 */
export function plainTable(
  head: readonly (string | Column)[],
  rows: readonly (readonly string[])[],
  { chalk, width }: Screen,
  { align = "left", elsewhere = "--json has all" }: PlainTableOptions = {},
): string {
  const columns = head.map((given) =>
    typeof given === "string" ? { name: visibleLine(given) } : { ...given, name: visibleLine(given.name) },
  );
  const lines = rows.map((row) => row.map(visibleLine));
  const fitted = fitColumns(columns, lines, width);
  const laidOut = draw(fitted, lines, chalk.bold, align);
  const { hidden } = fitted;
  if (hidden.length === 0 || elsewhere === false) return laidOut;
  const names = hidden.map((index) => columns[index]?.name ?? "");
  return `${laidOut}\n${chalk.dim(wrapProse(describeHidden(names, elsewhere), width))}`;
}

/** What is left out of a table, and where it can be seen. */
export function describeHidden(names: readonly string[], elsewhere = "--json has all"): string {
  const count = counted(names.length, "column");
  return `… ${count} hidden (${names.map((name) => name || "remarks").join(", ")}); ${elsewhere}.`;
}

function draw(
  { kept }: FittedColumns,
  rows: readonly (readonly string[])[],
  bold: (text: string) => string,
  align: "left" | "right",
): string {
  const texts: string[] = [];
  const standIn = (text: string) => {
    const width = displayWidth(text);
    if (width > 0) texts.push(text);
    return STAND_IN.repeat(width);
  };
  const toLines = (texts: readonly string[]) =>
    kept.map(({ column, width }, i) => {
      const text = texts[i] ?? "";
      return column.fit === "wrap" ? wrapCell(text, width) : [shortenMiddle(text, width)];
    });
  const heading = kept.map(({ column, width }) => wrapHeading(column.name, width).map((line) => bold(line)));
  const body = rows.map((row) => toLines(kept.map(({ index }) => row[index] ?? "")));
  const [first = [], ...rest] = stack(heading).map((line) => line.map(standIn));
  const table = new Table({
    head: first,
    colAligns: kept.map(() => align),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  table.push(...rest, ...body.flatMap(stack).map((line) => line.map(standIn)));
  let next = 0;
  return table.toString().replace(STAND_INS, () => texts[next++] ?? "");
}

/** A heading over several lines, broken at spaces and underscores. */
function wrapHeading(name: string, width: number): string[] {
  if (displayWidth(name) <= width) return [name];
  return name
    .split(/(?<=_)/)
    .reduce<string[]>((lines, part) => {
      const last = lines.at(-1);
      if (last !== undefined && displayWidth(last + part) <= width) return [...lines.slice(0, -1), last + part];
      return [...lines, part];
    }, [])
    .flatMap((part) => wrapLine(part, width));
}

/** Cells of several lines as lines of cells. */
function stack(cells: readonly (readonly string[])[]): string[][] {
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ""));
}

/** Local date and time to the second: 2026-11-21 09:30:00. */
export function formatTime(epochMs: number): string {
  const shifted = new Date(epochMs - new Date(epochMs).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19).replace("T", " ");
}
