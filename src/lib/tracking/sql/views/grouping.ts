import type { Grouping, RunGroup } from "../../store-views.js";
import type { Sql } from "../to-sql.js";

/** Each of a keyed table, with the index that has its values in order. */
const TABLES = { param: ["params", "llmops_param_values"], tag: ["tags", "llmops_tag_values"] } as const;
const DATASETS = `inputs i JOIN datasets d ON d.dataset_uuid = i.source_id WHERE i.source_type = 'DATASET' AND i.destination_type = 'RUN'`;
const DATASET = "d.name || ' (' || d.digest || ')'";

/** Joins `g.value` to runs `r`: what they are grouped by, NULL where they have none. */
export function joinGroups(by: Grouping): Sql {
  if (by.kind === "dataset") {
    const used = `SELECT DISTINCT i.destination_id AS run_uuid, ${DATASET} AS value FROM ${DATASETS}`;
    return { text: `LEFT JOIN (${used}) g ON g.run_uuid = r.run_uuid`, values: [] };
  }
  return { text: `LEFT JOIN ${TABLES[by.kind][0]} g ON g.run_uuid = r.run_uuid AND g."key" = ?`, values: [by.key] };
}

/** Runs `r` of a group. */
export function inGroup({ by, value }: RunGroup): Sql {
  if (by.kind === "dataset") {
    const used = `SELECT 1 FROM ${DATASETS} AND i.destination_id = r.run_uuid`;
    if (value === null) return { text: `NOT EXISTS (${used})`, values: [] };
    return { text: `EXISTS (${used} AND ${DATASET} = ?)`, values: [value] };
  }
  const [table, index] = TABLES[by.kind];
  if (value === null) {
    const text = `NOT EXISTS (SELECT 1 FROM ${table} g WHERE g.run_uuid = r.run_uuid AND g."key" = ? AND g.value IS NOT NULL)`;
    return { text, values: [by.key] };
  }
  return {
    text: `r.run_uuid IN (SELECT run_uuid FROM ${table} INDEXED BY ${index} WHERE "key" = ? AND value = ?)`,
    values: [by.key, value],
  };
}
