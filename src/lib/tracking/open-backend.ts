import { databasePathOf, openLocalStore, type LocalStoreOptions } from "./open-local-store.js";
import { isPostgresUri, readPostgresUri } from "./postgres-uri.js";
import type { TrackingBackend } from "./tracking-backend.js";

/** Opens a store that this process keeps itself: in PostgreSQL, in a folder, or in sqlite:///FILE. Throws the store's own errors. */
export async function openBackend(uri: string, options: LocalStoreOptions): Promise<TrackingBackend> {
  if (!isPostgresUri(uri)) return openLocalStore(uri, options);
  const { openPostgresStore } = await import("./open-postgres-store.js"); // with its driver it is slow to load
  return openPostgresStore(uri, options);
}

/** What a store that this process keeps is called in messages: without a password. Throws INVALID_ARGUMENT. */
export function shownStoreUri(uri: string): string {
  return isPostgresUri(uri) ? readPostgresUri(uri).shown : `sqlite:///${databasePathOf(uri)}`;
}
