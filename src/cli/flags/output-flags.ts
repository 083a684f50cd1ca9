import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { Flags } from "@oclif/core";
import { stepSummaryPath } from "../../lib/base/config/environment.js";
import type { CsvForm } from "../../lib/report/csv.js";
import { chartFiles, type NamedChart } from "../../lib/report/png.js";
import { writePage, type Page } from "../../lib/report/page/write-page.js";
import { recordsCsv, renderReport, reportJunit, reportMarkdown, type Report } from "../../lib/report/report.js";
import { checkOutputs, prepareFolder, writeOutput } from "../../lib/base/files/output-files.js";
import { terminalScreen } from "../terminal/terminal-screen.js";

const OUTPUT = "OUTPUT";

/** A flag that names what a result is written to: with --resume, a place where the user stands. */
export function outputFlag(helpValue: "FILE" | "FOLDER", description: string) {
  return Flags.string({ helpValue, description, helpGroup: OUTPUT });
}

/** Whether a flag of a command was declared by outputFlag. */
export function isOutputFlag(flag: { type: string; helpGroup?: string }): boolean {
  return flag.type === "option" && flag.helpGroup === OUTPUT;
}

/** The flags that name files a result is written to, called alike wherever they make sense. */
export const outputFlags = {
  markdown: outputFlag("FILE", "also write the result as Markdown; in GitHub Actions, it is always added to the job summary"),
  csv: outputFlag("FILE", "also write the measured values as CSV; text that a spreadsheet would read as a formula is prefixed with '"),
  "csv-raw": Flags.boolean({
    dependsOn: ["csv"],
    description: "write text to the CSV unchanged, for programs: a spreadsheet may execute text that begins with = + - or @",
    helpGroup: OUTPUT,
  }),
  junit: outputFlag("FILE", "also write results and gates as JUnit XML"),
  html: outputFlag("FILE", "also write one self-contained page"),
  charts: outputFlag("FOLDER", "also write every chart as SVG and PNG"),
};

/** The flags of a command whose result has tables, and no charts. */
export const reportFlags = {
  ...{ markdown: outputFlags.markdown, csv: outputFlags.csv, "csv-raw": outputFlags["csv-raw"] },
  ...{ junit: outputFlags.junit, html: outputFlags.html },
};

/** Of a command whose result cannot pass or fail. */
export const reportFlagsWithoutJunit = {
  ...{ markdown: outputFlags.markdown, csv: outputFlags.csv, "csv-raw": outputFlags["csv-raw"], html: outputFlags.html },
};

/** The values of output flags; a command has those it has. */
export type OutputFlags = { [name in Exclude<keyof typeof outputFlags, "csv-raw">]?: string | undefined } & { "csv-raw"?: boolean };

/** What is written where an output flag names a file; made only then. */
export interface Outputs {
  markdown: () => string;
  csv: (form: CsvForm) => string;
  html: () => Page | Promise<Page>;
  junit?: () => string;
  charts?: () => Promise<NamedChart[]>;
}

/** The files of a report; `page` is what its page shows. */
export function outputsOf(report: Report, page: () => Page | Promise<Page>): Outputs {
  return {
    markdown: () => reportMarkdown(report),
    csv: (form) => recordsCsv(report.records, form),
    html: page,
    junit: () => reportJunit(report),
  };
}

/** Throws INVALID_ARGUMENT for files that could not be written after the work, before it. */
export function checkOutputFlags({ charts, markdown, csv, junit, html }: OutputFlags, more: readonly (string | undefined)[] = []): void {
  checkOutputs([markdown, csv, junit, html, ...more]);
  if (charts !== undefined) prepareFolder(charts);
}

/** Writes every file the flags ask for, and the step summary of GitHub Actions. Throws INVALID_ARGUMENT. */
export async function writeOutputs(outputs: Outputs, flags: OutputFlags): Promise<void> {
  const { markdown, csv, "csv-raw": raw = false, junit, html, charts } = flags;
  const summary = stepSummaryPath();
  if (markdown !== undefined) await writeOutput(markdown, outputs.markdown());
  if (summary !== undefined) await appendFile(summary, outputs.markdown());
  if (csv !== undefined) await writeOutput(csv, outputs.csv({ raw }));
  if (junit !== undefined && outputs.junit) await writeOutput(junit, outputs.junit());
  if (html !== undefined) await writeOutput(html, writePage(await outputs.html()));
  if (charts === undefined || !outputs.charts) return;
  for (const { name, content } of chartFiles(await outputs.charts())) await writeOutput(join(charts, name), content);
}

/** Where a report is shown, and what it is written to. */
export interface ReportPublication {
  /** What the page of --html shows. */
  page: () => Page | Promise<Page>;
  flags: OutputFlags;
  log: (text: string) => void;
}

/** Shows a report on the screen, and writes the files the flags ask for. Throws INVALID_ARGUMENT. */
export async function publishReport(report: Report, { page, flags, log }: ReportPublication): Promise<void> {
  log(renderReport(report, terminalScreen()));
  await writeOutputs(outputsOf(report, page), flags);
}
