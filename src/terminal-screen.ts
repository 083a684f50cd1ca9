import chalk from "chalk";
import { columnsOfEnvironment } from "./lib/config/environment.js";
import { wrapProse } from "./lib/report/display-width.js";
import type { Screen } from "./lib/report/screen.js";

/** Standard output: COLUMNS where it is set, else the terminal's width; a pipe or file has no limit, so that lines stay whole for grep. */
export function terminalScreen(): Screen {
  return { chalk, width: columnsOfEnvironment() ?? (process.stdout.isTTY ? process.stdout.columns : Infinity) };
}

/** Prose for standard error, broken between words where it is a terminal. */
export function wrapForErrors(text: string): string {
  return wrapProse(text, columnsOfEnvironment() ?? (process.stderr.isTTY ? process.stderr.columns : Infinity));
}

/** Prose for standard output, likewise. */
export function wrapForOutput(text: string): string {
  return wrapProse(text, terminalScreen().width);
}
