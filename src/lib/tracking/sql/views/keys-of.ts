import type { Connection } from "../connection.js";

/** All keys of params or tags, without a look at each row. */
export async function keysOf(db: Connection, table: "params" | "tags"): Promise<string[]> {
  const rows = await db.rows<[key: string]>(
    `WITH RECURSIVE keys ("key") AS (SELECT min("key") FROM ${table} UNION ALL
       SELECT (SELECT min(t."key") FROM ${table} t WHERE t."key" > keys."key") FROM keys WHERE keys."key" IS NOT NULL)
     SELECT "key" FROM keys WHERE "key" IS NOT NULL`,
  );
  return rows.map(([key]) => key);
}
