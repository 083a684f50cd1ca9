import { hash } from "node:crypto";
import { OWN_FIELDS } from "../own-fields.js";
import { isModelPath, type Call, type JsonObject } from "../call.js";

/** What a client sends that does not change the answer: how it is tracked, how long it may take, how soon it is wanted. */
const BESIDE = new Set([...OWN_FIELDS, "priority", "stream_options", "user", "safety_identifier", "request_id", "prompt_cache_key"]);

/**
 * What identical calls to the same model share: whom the answer is for, path, query and every member of the body that can change the
 * answer, in any order. Of a route that is only passed on every member can.
 */
export function toCacheKey(call: Call, identity: string): string {
  const body = isModelPath(call.path) ? object(call.body, (name, value) => !BESIDE.has(name) && value !== null) : object(call.body);
  const { method, path, query = "", stream, audience = [] } = call;
  return hash("sha256", `${canonical([identity, method, path, query, stream, ...audience])}${body}`);
}

/** JSON with the members of objects in alphabetical order. */
export function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one)).join(",")}]`;
  return object(value as JsonObject);
}

function object(value: JsonObject, counts: (name: string, value: unknown) => boolean = () => true): string {
  let members = "";
  for (const name of Object.keys(value).sort()) {
    const member = value[name];
    if (member !== undefined && counts(name, member)) members += `${members === "" ? "" : ","}${JSON.stringify(name)}:${canonical(member)}`;
  }
  return `{${members}}`;
}

/** True where the same request has to give the same answer: greedy, with a seed, or nothing that is drawn at all. */
export function isDeterministic({ path, body }: Call): boolean {
  if (path === "/v1/embeddings") return true;
  return body["temperature"] === 0 || isSeed(body["seed"]);
}

/** A number, or one of 64 bits as text. */
function isSeed(seed: unknown): boolean {
  return typeof seed === "number" ? Number.isInteger(seed) : typeof seed === "string";
}
