/** A cell as a file has it; null where it has none. Whole numbers that a double would round are bigints. Lists and objects are the JSON of their file. */
export type Cell = string | number | bigint | boolean | null | object;

export type ColumnType = "number" | "text" | "boolean" | "json";

export interface TableColumn {
  /** No two columns of a table have the same. */
  name: string;
  type: ColumnType;
}

/** A table of a file, by column. A column that ends early has no cells in the rows below. */
export interface Table {
  columns: readonly TableColumn[];
  cells: readonly (readonly (Cell | undefined)[])[];
  rows: number;
  /** The line of a file that is not whole, as the last one while it is written: it is not a row. */
  brokenLine?: number | undefined;
}

export const OPERATORS = ["=", "!=", "<", ">", "contains"] as const;

/** What the cells of a column have to be. */
export interface CellCondition {
  column: string;
  op: (typeof OPERATORS)[number];
  value: string | number | bigint | boolean;
}

/** Which rows of a table, in which order. */
export interface TableQuery {
  offset: number;
  /** 1 to 500. */
  limit: number;
  /** A column; from the greatest down with "-" before its name. The file's order without one. */
  sort?: string | undefined;
  /** A text to be found, in any case, in one of a row's cells. */
  filter?: string | undefined;
  /** All have to hold. */
  where: readonly CellCondition[];
}

/** A part of a table, by place. */
export interface TablePage {
  columns: readonly TableColumn[];
  /** Rows of the table. */
  total: number;
  /** Rows that the filter and the conditions keep. */
  matching: number;
  offset: number;
  /** NaN, infinities, and whole numbers beyond 2^53 as words; texts that are too long end with "…". */
  rows: Cell[][];
  /** The number of the line that was left out because it is not whole; null where all were read. */
  brokenLine: number | null;
}
