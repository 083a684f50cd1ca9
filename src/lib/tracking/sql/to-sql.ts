import type { Clause, Comparator } from "../search/grammar.js";
import type { SqlValue } from "./connection.js";
import type { KeyedTable } from "./keyed-values.js";

/** A piece of SQL with the values of its question marks. */
export interface Sql {
  text: string;
  values: SqlValue[];
}

/** SQL that compares a column. LIKE is case-sensitive by a setting of the connection; ILIKE lowers both sides. */
export function compare(column: string, comparator: Comparator, value: Clause<string>["value"]): Sql {
  if (Array.isArray(value)) {
    const places = value.map(() => "?").join(", ");
    return { text: `${column} ${comparator} (${places})`, values: value };
  }
  if (comparator === "ILIKE") return { text: `lower(${column}) LIKE lower(?)`, values: [value] };
  return { text: `${column} ${comparator} ?`, values: [value] };
}

/** Pieces joined by AND; TRUE for none. */
export function allOf(pieces: readonly Sql[]): Sql {
  if (pieces.length === 0) return { text: "TRUE", values: [] };
  return { text: pieces.map((piece) => `(${piece.text})`).join(" AND "), values: pieces.flatMap((piece) => piece.values) };
}

/** True where a table of keys and values has the clause's key for the owner, with a value that compares so. */
export function keyedValue({ table, owner, key = '"key"', value = "value" }: KeyedTable, ownerOf: string, clause: Clause<string>): Sql {
  const test = compare(`kv.${value}`, clause.comparator, clause.value);
  return {
    text: `EXISTS (SELECT 1 FROM ${table} kv WHERE kv.${owner} = ${ownerOf} AND kv.${key} = ? AND ${test.text})`,
    values: [clause.key, ...test.values],
  };
}

/** A term of an order by a column that may have no value: those without come first where it ascends, last where it descends. */
export function nullableOrder(column: string, ascending: boolean): string {
  return `${column} ${ascending ? "ASC NULLS FIRST" : "DESC NULLS LAST"}`;
}
