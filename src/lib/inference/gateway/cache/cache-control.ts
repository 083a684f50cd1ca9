/** What a client's Cache-Control header asks for (RFC 9111, section 5.2.1). */
export interface CacheDirectives {
  /** Do not answer from the cache. */
  noRead: boolean;
  /** Do not keep the answer. */
  noWrite: boolean;
  /** Nothing older than this. */
  maxAgeSeconds: number | undefined;
  /** Rather nothing than an answer that is not there yet. */
  onlyCached: boolean;
}

const NO_DIRECTIVES: CacheDirectives = { noRead: false, noWrite: false, maxAgeSeconds: undefined, onlyCached: false };

/** Reads a Cache-Control header; what it does not know is left out. */
export function parseCacheControl(header: string | undefined): CacheDirectives {
  if (header === undefined) return NO_DIRECTIVES;
  const directives = new Map(
    header.split(",").map((part) => {
      const [name = "", value = ""] = part.trim().toLowerCase().split("=");
      return [name, value.replaceAll('"', "")] as const;
    }),
  );
  const noStore = directives.has("no-store");
  const maxAge = Number(directives.get("max-age") || Number.NaN);
  return {
    noRead: noStore || directives.has("no-cache") || maxAge === 0,
    noWrite: noStore,
    maxAgeSeconds: Number.isFinite(maxAge) ? maxAge : undefined,
    onlyCached: directives.has("only-if-cached"),
  };
}
