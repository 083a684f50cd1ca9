import type { Page } from "./records.js";

/** The items of all pages of a search, up to a limit. */
export async function collectPages<T>(search: (pageToken: string | undefined) => Promise<Page<T>>, limit = Infinity): Promise<T[]> {
  const items: T[] = [];
  let pageToken: string | undefined;
  do {
    const page = await search(pageToken);
    items.push(...page.items);
    pageToken = page.items.length === 0 ? undefined : page.nextPageToken;
  } while (pageToken !== undefined && items.length < limit);
  return items.slice(0, limit);
}
