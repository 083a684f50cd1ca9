import { request } from "undici";
import { splitKeys } from "../../lib/serving/access/api-keys.js";
import { optionalSecret } from "../../lib/base/config/environment.js";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { splitCredentials } from "../../lib/base/errors/url-credentials.js";

const TIMEOUT_MS = 310_000;

/** A running server, and the environment variable with its API key. */
export interface ServerChoice {
  url: string;
  "api-key-env": string;
}

export interface ServerAnswer {
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
}

export interface ServerRequest {
  method: "GET" | "POST" | "DELETE";
  path: string;
  body?: object;
}

/**
 * Asks a running `llmops serve`; the body of a stream is read, but not given. Throws ENDPOINT_UNREACHABLE, or ENDPOINT_REFUSED with
 * what it says.
 */
export async function askServer(server: ServerChoice, asked: ServerRequest, signal?: AbortSignal): Promise<ServerAnswer> {
  const { statusCode, headers, body } = await send(server, asked, signal);
  const text = await body.text();
  const streamed = String(headers["content-type"]).includes("text/event-stream");
  const parsed = streamed ? {} : parse(text);
  if (statusCode < 300 && parsed) return { headers, body: parsed };
  const { message } = (parsed?.["error"] ?? {}) as { message?: string };
  throw new LlmopsError("ENDPOINT_REFUSED", `${server.url} answered ${statusCode}: ${message ?? text.slice(0, 200)}`, {
    ...(statusCode === 401 && { hint: `Set ${server["api-key-env"]} to its key.` }),
    ...(statusCode === 403 && { hint: "Name the variable of a key that may: --api-key-env LLMOPS_ADMIN_API_KEY." }),
  });
}

/** The key in an environment variable; the first, where it is a server's own with several. */
export function keyFrom(variable: string): string | undefined {
  return splitKeys(optionalSecret(variable) ?? "")[0];
}

async function send(
  { url, "api-key-env": variable }: ServerChoice,
  { method, path, body }: ServerRequest,
  signal: AbortSignal | undefined,
) {
  const key = keyFrom(variable);
  const place = splitCredentials(url);
  const headers = {
    "x-llmops-local": "1", // a browser cannot be made to send it
    ...(body && { "content-type": "application/json" }),
    ...(place.authorization !== undefined && { authorization: place.authorization }),
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
  };
  const content = body && { body: JSON.stringify(body) };
  try {
    return await request(new URL(path, place.url), { method, headers, ...content, headersTimeout: TIMEOUT_MS, ...(signal && { signal }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new LlmopsError("ENDPOINT_UNREACHABLE", `${url} cannot be reached: ${messageOf(error)}.`, {
      hint: "Start it with `llmops serve`, or name another server with --url.",
      cause: error,
    });
  }
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
