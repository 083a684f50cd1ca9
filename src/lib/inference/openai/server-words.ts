import { asObject, type JsonObject } from "./json-object.js";

/** What a server says of an error. */
export interface ServerWords {
  message: string;
  /** "insufficient_quota", "content_filter", 503: as the server has it. */
  code?: string;
  type?: string;
  /** The member of the request at fault. */
  param?: string;
}

const LONGEST = 500;

/**
 * A server's own words in the body of an error: OpenAI's {error: {message}}, vLLM's {object: "error", message}, FastAPI's {detail} as
 * text or as a list of {loc, msg}, Anthropic's {type: "error", error}, Ollama's {error: "..."}, plain text, the title of a page.
 */
export function readServerWords(body: string): ServerWords {
  const text = body.trim();
  if (text === "") return { message: "nothing" };
  try {
    return wordsOf(JSON.parse(text)) ?? { message: shorten(text) };
  } catch {
    return { message: shorten(isPage(text) ? wordsOfPage(text) : text) };
  }
}

/** The words of an error that is JSON already; undefined where it has none. */
export function wordsOf(value: unknown): ServerWords | undefined {
  if (typeof value === "string" && value.trim() !== "") return { message: shorten(value.trim()) };
  // Google's servers wrap the error in a list
  if (Array.isArray(value)) return wordsOf(value[0]);
  const body = asObject(value);
  if (!body) return undefined;
  const inner = [body["error"], body["errors"], body["detail"], body["message"], body["msg"]].find((member) => hasWords(member));
  if (inner === undefined) return undefined;
  const message = Array.isArray(inner) ? shorten(inner.map(wordsOfItem).join("; ")) : (wordsOf(inner)?.message ?? "");
  if (message === "") return undefined;
  const nearest = asObject(inner) ?? body;
  return { message, ...membersOf(nearest) };
}

/** True for the codes and words services have for an answer that their content filter withheld. */
export function isFiltered({ code, type, message }: ServerWords): boolean {
  const names = [code, type].map((name) => name?.toLowerCase().replaceAll(/[^a-z]/g, "") ?? "");
  if (names.some((name) => ["contentfilter", "contentpolicyviolation", "responsibleaipolicyviolation"].includes(name))) return true;
  return /content management policy|content[ _-]filter(ed|ing)?\b.*(trigger|block|withh)|flagged by our moderation|safety system/i.test(
    message,
  );
}

/** True where an account is spent: waiting does not help. */
export function isQuotaSpent({ code, type }: ServerWords): boolean {
  return [code, type].some((name) => name !== undefined && /insufficient_quota|billing_|credit|payment_required/.test(name));
}

function membersOf(error: JsonObject): Omit<ServerWords, "message"> {
  const { code, type, param } = error;
  return {
    ...((typeof code === "string" || typeof code === "number") && { code: String(code) }),
    ...(typeof type === "string" && { type }),
    ...(typeof param === "string" && { param }),
  };
}

function hasWords(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "";
  return Array.isArray(value) ? value.length > 0 : typeof value === "object" && value !== null;
}

/** One complaint of a list: FastAPI says where, in a path, and what. */
function wordsOfItem(item: unknown): string {
  const complaint = asObject(item);
  const message = wordsOf(item)?.message ?? JSON.stringify(item);
  const place = complaint?.["loc"];
  return Array.isArray(place) ? `${place.filter((step) => step !== "body").join(".")}: ${message}` : message;
}

function isPage(text: string): boolean {
  return /^\s*(<!doctype html|<html|<head|<body|<\?xml)/i.test(text);
}

/** The title of a page, or its text. */
function wordsOfPage(text: string): string {
  const [, title = ""] = /<title[^<>]*>([^<]*)<\/title>/i.exec(text) ?? [];
  const shown = (title === "" ? text.replaceAll(/<[^<>]*>/g, " ") : title).replaceAll(/\s+/g, " ").trim();
  return shown === "" ? "an empty web page" : `a web page: "${shown}"`;
}

function shorten(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} ...` : text;
}
