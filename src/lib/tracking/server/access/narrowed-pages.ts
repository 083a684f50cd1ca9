import type { Page } from "../../records.js";

interface PageQuery {
  maxResults: number;
  pageToken?: string | undefined;
}

/** So many are read at once, where most of them may not be shown. */
const READ_AT_ONCE = 1000;

/**
 * A page of what may be shown: as full as if nothing else were in the store, whose next page begins right behind it. Where the readable ones
 * of a page that was read do not all fit, it is read again up to the last that does: page tokens are the store's own.
 */
export async function narrowedPage<T, Query extends PageQuery>(
  search: (query: Query) => Promise<Page<T>>,
  isShown: (item: T) => boolean,
  query: Query,
): Promise<Page<T>> {
  const first = await search(query); // also says what is wrong with the query
  const shown = first.items.filter(isShown);
  let next = first.nextPageToken;
  while (next !== undefined && next !== "" && shown.length < query.maxResults) {
    const room = query.maxResults - shown.length;
    const page = await search({ ...query, maxResults: Math.max(room, READ_AT_ONCE), pageToken: next });
    const places = page.items.flatMap((item, place) => (isShown(item) ? [place] : []));
    const last = places[room - 1];
    const taken = last === undefined || places.length === room ? page : await search({ ...query, maxResults: last + 1, pageToken: next });
    shown.push(...taken.items.filter(isShown));
    next = taken.nextPageToken;
  }
  return { items: shown, nextPageToken: next };
}
