import type { ChalkInstance } from "chalk";
import Table from "cli-table3";

export interface PlainTableOptions {
  align?: "left" | "right";
}

/** A table with bold headings, no lines between rows and no colour of its own. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  chalk: ChalkInstance,
  { align = "left" }: PlainTableOptions = {},
): string {
  const table = new Table({
    head: head.map((name) => chalk.bold(name)),
    colAligns: head.map(() => align),
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** Local date and time to the second: 2026-11-21 09:30:00. */
export function formatTime(epochMs: number): string {
  const shifted = new Date(epochMs - new Date(epochMs).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19).replace("T", " ");
}
