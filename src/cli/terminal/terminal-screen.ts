import type { WriteStream } from "node:tty";
import plainChalk, { Chalk } from "chalk";
import { columnsOfEnvironment, refusesColors } from "../../lib/base/config/environment.js";
import { wrapProse } from "../../lib/report/display-width.js";
import type { Screen } from "../../lib/report/screen.js";
import { fromOwnColors, withOwnColors } from "../../lib/report/own-colors.js";
import { visibleText } from "../../lib/report/visible-text.js";

/** chalk, whose colors are told apart from those that a text from elsewhere brings: only these reach the terminal. */
export const chalk = withOwnColors(refusesColors() ? new Chalk({ level: 0 }) : plainChalk);

/** Standard output: COLUMNS where it is set, else the terminal's width; a pipe or file has no limit, so that lines stay whole for grep. */
export function terminalScreen(): Screen {
  return { chalk, width: widthOf(process.stdout) };
}

/** The lines of the terminal on standard output. */
export function terminalRows(): number {
  return rowsOf(process.stdout);
}

/** What a picture on standard error has room for. */
export function roomOnErrors(): { width: number; rows: number } {
  return { width: widthOf(process.stderr), rows: rowsOf(process.stderr) };
}

/** Prose as it is printed on standard error: broken between words where it is a terminal, with no colors but ours. */
export function printedOnErrors(text: string): string {
  return fromOwnColors(wrapProse(text, widthOf(process.stderr)));
}

/** Prose and tables as they are printed on standard output, likewise. */
export function printedOnOutput(text: string): string {
  return fromOwnColors(wrapProse(text, widthOf(process.stdout)));
}

/** Lines that stay as they are, as those of a file: only what a terminal would obey or hide is written out. */
export function printedWhole(text: string): string {
  return fromOwnColors(visibleText(text));
}

/** A terminal that does not know its width says 0. */
function widthOf(stream: WriteStream): number {
  return columnsOfEnvironment() ?? (stream.isTTY ? stream.columns || Infinity : Infinity);
}

function rowsOf(stream: WriteStream): number {
  return stream.isTTY ? stream.rows || Infinity : Infinity;
}
