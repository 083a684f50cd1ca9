import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";

/** A page of a list, as OpenAI's lists are. */
export interface Page {
  object: "list";
  data: JsonObject[];
  first_id: string | null;
  last_id: string | null;
  has_more: boolean;
}

/** So many items after one of them, in either order. Throws INVALID_ARGUMENT where that one is not among them. */
export function pageOf(
  items: readonly JsonObject[],
  { limit, order, after }: { limit: number; order: "asc" | "desc"; after?: string | undefined },
): Page {
  const ordered = order === "asc" ? [...items] : [...items].reverse();
  const begin = after === undefined ? 0 : ordered.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && begin === 0) {
    throw new LlmopsError("INVALID_ARGUMENT", `after: the list has no item ${JSON.stringify(after.slice(0, 80))}.`, { param: "after" });
  }
  const data = ordered.slice(begin, begin + limit);
  const idOf = (item: JsonObject | undefined) => (typeof item?.["id"] === "string" ? item["id"] : null);
  return { object: "list", data, first_id: idOf(data[0]), last_id: idOf(data.at(-1)), has_more: begin + limit < ordered.length };
}
