import type { FastifyRequest } from "fastify";
import type { Service } from "./service.js";

/** Proxies and clients take headers of a few kilobytes. */
const LONGEST_HEADER = 2000;
const MOST_TOLD = 1000;

/** What each server has told its log already. */
const TOLD = new WeakMap<Service, Set<string>>();

/** The places of a schema that an answer was not held to, as a header's value: JSON pointers to keywords, percent-encoded, in order. */
export function relaxedHeader(relaxed: readonly string[]): string {
  let value = "";
  for (const [index, place] of relaxed.entries()) {
    const next = `${index === 0 ? "" : ", "}${encodeURI(wellFormed(place)).replaceAll(",", "%2C")}`;
    if (value.length + next.length > LONGEST_HEADER) return `${value}${index === 0 ? "" : ", "}+${relaxed.length - index}`;
    value += next;
  }
  return value;
}

/** Half a surrogate pair, which a name in JSON may have and no header, as U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

/** Tells the log, once for each schema, that answers are not held to all of it. */
export function noteRelaxed(service: Service, request: FastifyRequest, relaxed: readonly string[] | undefined): void {
  if (!relaxed) return;
  const told = TOLD.get(service) ?? new Set();
  TOLD.set(service, told);
  const key = relaxedHeader(relaxed);
  if (told.has(key) || told.size >= MOST_TOLD) return;
  told.add(key);
  request.log.warn({ relaxed: key }, "answers are not held to all of a JSON schema");
}
