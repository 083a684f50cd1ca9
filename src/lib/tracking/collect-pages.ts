import { LlmopsError } from "../base/errors/llmops-error.js";
import type { Page } from "./records.js";

type Search<T> = (pageToken: string | undefined) => Promise<Page<T>>;

/** The items of all pages of a search, up to a limit. Throws as eachItem. */
export async function collectPages<T>(search: Search<T>, limit = Infinity): Promise<T[]> {
  const items: T[] = [];
  for await (const item of eachItem(search)) {
    if (items.push(item) >= limit) break;
  }
  return items;
}

/** The items of a search, a page at a time. Throws STORE_ERROR for a server whose pages do not end: one names itself as the next. */
export async function* eachItem<T>(search: Search<T>): AsyncGenerator<T, void, undefined> {
  let pageToken: string | undefined;
  do {
    const page = await search(pageToken);
    yield* page.items;
    const next = page.items.length === 0 ? undefined : page.nextPageToken;
    if (next !== undefined && next === pageToken) {
      throw new LlmopsError("STORE_ERROR", `The server says that the page ${next.slice(0, 80)} follows itself.`, {
        hint: "Is it an MLflow server?",
      });
    }
    pageToken = next;
  } while (pageToken !== undefined);
}
