import { stringify } from "csv-stringify/sync";

/** Texts that a spreadsheet would compute or send on: formulas, also behind white space, and what pushes a text into the next cell. */
const FORMULA = /^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** How texts are written: for spreadsheets, which compute those that look like formulas, or as they are. */
export interface CsvForm {
  raw: boolean;
}

/** Rows as CSV; what is null or undefined is an empty cell. Texts that a spreadsheet would take for a formula begin with an apostrophe, unless they are raw. */
export function csvText(rows: readonly (readonly unknown[])[], { raw }: CsvForm): string {
  return stringify(rows as unknown[][], { cast: { boolean: String, string: raw ? (text) => text : inert } });
}

function inert(text: string): string {
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}
