import { csvText, type CsvForm } from "./csv.js";
import { wrapProse } from "./display-width.js";
import type { Column } from "./fit-columns.js";
import { toJunit, type JunitCase } from "./junit.js";
import { escapeCell, markdownTable, markdownText } from "./markdown-table.js";
import { plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";
import { withoutColors } from "./own-colors.js";
import { visibleText } from "./visible-text.js";

/** A table of a report, declared once for the terminal and Markdown. */
export interface ReportTable {
  head: readonly (string | Column)[];
  rows: readonly (readonly string[])[];
  align?: "left" | "right";
}

/** One line of a report's CSV: values as measured, not as shown; null is an empty cell. */
export type ReportRecord = Readonly<Record<string, string | number | boolean | null>>;

/** What a command says at its end. Its texts may be colored; files never are. */
export interface Report {
  /** The heading of the files. */
  title: string;
  /** Sentences and tables, in order. */
  parts: readonly (string | ReportTable)[];
  /** What the CSV has, a line each. */
  records: readonly ReportRecord[];
  /** What the JUnit file has. */
  cases: readonly JunitCase[];
  seconds: number;
}

/** A report for a terminal, no wider than the screen. */
export function renderReport({ parts }: Pick<Report, "parts">, screen: Screen): string {
  const shown = parts.map((part) =>
    typeof part === "string" ? part : plainTable(part.head, part.rows, screen, part.align === undefined ? {} : { align: part.align }),
  );
  return wrapProse(shown.join("\n"), screen.width);
}

/** A report for a pull request or a step summary, with every column. */
export function reportMarkdown({ title, parts }: Report): string {
  const shown = parts.map((part) =>
    typeof part === "string" ? markdownText(plain(part)).trim() : markdownTable(namesOf(part), cellsOf(part)),
  );
  return `${[`### ${escapeCell(title)}`, ...shown.filter((text) => text !== "")].join("\n\n")}\n`;
}

/** Records as CSV, with a column for every name any of them has. */
export function recordsCsv(records: readonly ReportRecord[], form: CsvForm): string {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return csvText([names, ...records.map((record) => names.map((name) => record[name] ?? null))], form);
}

/** A report as JUnit XML. */
export function reportJunit({ title, seconds, cases }: Report): string {
  return toJunit(title, seconds, cases, []);
}

function namesOf({ head }: ReportTable): string[] {
  return head.map((column) => plain(typeof column === "string" ? column : column.name));
}

function cellsOf({ rows }: ReportTable): string[][] {
  return rows.map((row) => row.map(plain));
}

function plain(text: string): string {
  return withoutColors(visibleText(text));
}
