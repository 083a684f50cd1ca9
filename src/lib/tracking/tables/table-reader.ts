import { statSync } from "node:fs";
import { LRUCache } from "lru-cache";
import { LlmopsError, toLlmopsError } from "../../base/errors/llmops-error.js";
import { exactJsonText } from "../../base/slices/exact-json.js";
import { findRows, pageOf } from "./query-table.js";
import { readTable } from "./read-table.js";
import type { Table, TablePage, TableQuery } from "./table.js";

/** A question about the table in a file of this machine. */
export interface TableTask {
  path: string;
  query: TableQuery;
}

/** An answer, or why there is none, in a form that goes from thread to thread. */
export type TableOutcome = { page: TablePage } | { refused: string };

/** Of the files whose tables are kept. */
const KEPT_BYTES = 128 * 1024 * 1024;
const KEPT_ORDERS = 8;

interface Kept {
  table: Table;
  /** The rows that the last queries found. */
  found: LRUCache<string, Uint32Array>;
}

/** Answers questions about tables in files, and keeps those that were read last as long as their files stay as they were. */
export class TableReader {
  private readonly tables = new LRUCache<string, Kept>({ maxSize: KEPT_BYTES });

  /** Never throws. */
  answer({ path, query }: TableTask): TableOutcome {
    try {
      const { table, found } = this.open(path);
      const { sort, filter, where } = query;
      const name = exactJsonText([sort, filter, where]);
      const rows = found.get(name) ?? findRows(table, query);
      found.set(name, rows);
      return { page: pageOf(table, rows, query) };
    } catch (thrown) {
      const error = thrown instanceof LlmopsError ? thrown : toLlmopsError(thrown);
      return { refused: error.message };
    }
  }

  private open(path: string): Kept {
    const { size, mtimeMs } = statSync(path);
    const name = `${size} ${mtimeMs} ${path}`;
    const kept = this.tables.get(name);
    if (kept) return kept;
    const made: Kept = { table: readTable(path), found: new LRUCache({ max: KEPT_ORDERS }) };
    this.tables.set(name, made, { size: Math.max(1, size) });
    return made;
  }
}
