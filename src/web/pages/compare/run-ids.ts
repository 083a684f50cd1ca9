/** Ids as run ids are: others would break out of a filter. */
const RUN_ID = /^[\w.-]{1,256}$/;

/** The filter that finds runs by their ids; "" for none. */
export function runIdsFilter(ids: readonly string[]): string {
  const known = [...new Set(ids)].filter((id) => RUN_ID.test(id));
  return known.length === 0 ? "" : `attributes.run_id IN (${known.map((id) => `'${id}'`).join(", ")})`;
}
