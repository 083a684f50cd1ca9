import { pipeline, Readable } from "node:stream";
import { parse as parseCsv } from "csv-parse";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readTextPieces } from "../../base/files/read-text-stream.js";
import { isKnownColumn } from "./column-names.js";
import { invalidDataset } from "./invalid-dataset.js";

/** What may stand between the cells of a table. */
export const DELIMITERS = [",", ";", "\t", "|"] as const;
const NAMES: Record<string, string> = { ",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars" };
/** A first line by which Excel is told the delimiter. */
const EXCEL_HINT = /^sep=(.)\r?\n/i;

/** A row of a table by column, and the line it ends in. */
export interface TableRow {
  value: Record<string, string>;
  line: number;
}

/**
 * The delimiter of a table by its heading, quoted names respected: the one that gives columns of known names, else the most columns.
 */
export function sniffDelimiter(start: string): string {
  const given = EXCEL_HINT.exec(start)?.[1];
  if (given !== undefined) return given;
  const ranked = DELIMITERS.map((delimiter) => {
    const names = splitHeading(start, delimiter);
    return { delimiter, known: names.length > 1 ? names.filter(isKnownColumn).length : 0, columns: names.length };
  });
  // of equals the earlier one stays in front
  return ranked.sort((a, b) => b.known - a.known || b.columns - a.columns)[0]?.delimiter ?? ",";
}

/** The names of a heading; quotes may hold delimiters and line ends. */
export function splitHeading(start: string, delimiter: string): string[] {
  const names: string[] = [];
  let [name, quoted] = ["", false];
  for (const character of start.replace(EXCEL_HINT, "")) {
    if (character === '"') quoted = !quoted;
    else if (quoted || !(character === delimiter || /[\r\n]/.test(character))) name += character;
    else if (character !== delimiter) break;
    else {
      names.push(name);
      name = "";
    }
  }
  names.push(name);
  return names.map((name) => name.trim());
}

/** The rows of a table with a heading, as they come. Throws DATASET_INVALID naming the line. */
export async function* readCsvRows(path: string, source: AsyncIterable<Buffer>, start: string): AsyncGenerator<TableRow> {
  const delimiter = sniffDelimiter(start);
  const options = {
    ...{ delimiter, columns: (names: string[]) => toColumns(names, path), info: true, record_delimiter: ["\r\n", "\n", "\r"] },
    ...{ skip_empty_lines: true, skip_records_with_empty_values: true, from_line: EXCEL_HINT.test(start) ? 2 : 1 },
  };
  // a failure of either ends the loop below with it
  const parser = pipeline(Readable.from(readTextPieces(source)), parseCsv(options), () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>) {
      yield { value: record, line: info.lines };
    }
  } catch (cause) {
    if (cause instanceof LlmopsError) throw cause;
    const between = `Cells are divided by ${NAMES[delimiter] ?? `"${delimiter}"`}, as the heading shows; quote a cell that holds one: "a${delimiter} b".`;
    throw invalidDataset(`${path}: not valid CSV: ${messageOf(cause)}.`, between, cause);
  }
}

function toColumns(names: readonly string[], path: string): string[] {
  const columns = names.map((name, i) => name.trim() || `column_${i + 1}`);
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice === undefined) return columns;
  throw invalidDataset(`${path}:1: two columns are named "${twice}".`, "Give every column a unique name.");
}
