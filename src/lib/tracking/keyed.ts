/**
 * A record of keys that anybody may have chosen: it inherits nothing, so that a param named "constructor" or "__proto__" is a param, and is
 * not there where nobody wrote it.
 */
export function keyed<T>(entries: Iterable<readonly [key: string, value: T]>): Record<string, T> {
  const record = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) record[key] = value;
  return record;
}
