import { readFileSync } from "node:fs";

/** A statement of the schema that makes a table or an index. */
export interface SchemaPart {
  name: string;
  sql: string;
}

/** The whole schema, as one text. */
export function readSchema(): string {
  return readFileSync(new URL("./schema.sql", import.meta.url), "utf8");
}

/** The tables and indexes of the schema, each after what it needs. */
export function schemaParts(): SchemaPart[] {
  const statements = readSchema()
    .replaceAll(/^--.*$/gm, "")
    .split(";");
  return statements.flatMap((sql) => {
    const name = /^\s*CREATE (?:TABLE|(?:UNIQUE )?INDEX) (\w+)/.exec(sql)?.[1];
    return name === undefined ? [] : [{ name, sql }];
  });
}
