import { readRows, type Row } from "../dataset/read-rows.js";
import { isTextColumn, toTable, type SampleTable } from "./sample-scores.js";

/** A number as tables hold it; 0,5 where a comma cannot divide cells. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const COMMA_NUMBER = /^[+-]?\d+,\d+$/;

/** The scores of rows of a file, and its columns for messages. `table` is undefined where rows have no id or no scores. */
export interface ScoreRows {
  columns: string[];
  data: unknown[][];
  table: SampleTable | undefined;
}

/**
 * Reads rows with an id and scores as datasets are read: JSONL, a list in JSON or YAML, or a table (CSV, TSV), also as gzip. Throws
 * DATASET_INVALID naming the line, and INVALID_ARGUMENT for a row without id.
 */
export async function readScoreRows(path: string): Promise<ScoreRows> {
  const rows: Record<string, unknown>[] = [];
  for await (const row of readRows(path, () => undefined)) rows.push(cellsOf(row));
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const data = rows.map((row) => columns.map((column) => row[column]));
  const table = toTable(columns, data);
  return { columns, data, table: table?.scores.size === 0 ? undefined : table };
}

/** The values of a row: of a table, cells that are numbers or truth values are scores, and ids stay text. */
function cellsOf({ value, isTable }: Row): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  if (!isTable) return value as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(value as Record<string, string>).map(([name, text]) => [name, isTextColumn(name) ? text : readCell(text.trim())]),
  );
}

function readCell(text: string): unknown {
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (NUMBER.test(text)) return Number(text);
  return COMMA_NUMBER.test(text) ? Number(text.replace(",", ".")) : text;
}
