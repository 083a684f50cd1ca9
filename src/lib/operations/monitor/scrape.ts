import { request } from "undici";
import { LlmopsError, messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { splitCredentials } from "../../base/errors/url-credentials.js";
import { declaredNames, parsePrometheusText, type PrometheusSample } from "./prometheus-text.js";

/** Where servers have their metrics: ours and those of its documented kind, then everybody else's. */
const HINTS: Record<number, string> = {
  401: "Give the key's environment variable with --api-key-env.",
  403: "The key needs the scope read: llmops keys create monitor --scope read,infer",
};
const PATHS = ["/prometheus", "/metrics"];
const ACCEPT = "text/plain;version=0.0.4, application/openmetrics-text;q=0.5";
const LARGEST_BYTES = 32 * 1024 * 1024;

/** What a server says of itself. */
export interface Scrape {
  path: string;
  samples: PrometheusSample[];
  /** Names of counters and histograms, also of those that have not counted yet. */
  declared: ReadonlySet<string>;
}

export interface ScrapeOptions {
  /** The server's address, with or without /v1. */
  url: string;
  apiKey?: string | undefined;
  /** Where metrics were found before. */
  path?: string | undefined;
  signal: AbortSignal;
}

/**
 * Reads a server's Prometheus metrics; undefined where it has none. Throws ENDPOINT_UNREACHABLE, or ENDPOINT_ERROR for one that
 * answers with an error or with something else.
 */
export async function scrape({ url, apiKey, path, signal }: ScrapeOptions): Promise<Scrape | undefined> {
  for (const candidate of path === undefined ? PATHS : [path]) {
    const text = await read(new URL(candidate, url), apiKey, signal);
    if (text !== undefined) return { path: candidate, samples: parsePrometheusText(text), declared: declaredNames(text) };
  }
  return undefined;
}

/** The text at an address; undefined where there is nothing, or something that is not a text. */
async function read(url: URL, apiKey: string | undefined, signal: AbortSignal): Promise<string | undefined> {
  const { url: place, authorization } = splitCredentials(url);
  const headers = {
    accept: ACCEPT,
    ...(authorization !== undefined && { authorization }),
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  };
  try {
    const { statusCode, headers: answered, body } = await request(place, { headers, signal });
    if (statusCode === 404 || String(answered["content-type"]).includes("json")) {
      await body.dump();
      return undefined;
    }
    const text = await readAll(body);
    if (statusCode === 200) return text;
    throw new LlmopsError("ENDPOINT_ERROR", `${url.href} answered ${statusCode}.`, {
      hint: HINTS[statusCode] ?? "See the server's own log.",
    });
  } catch (cause) {
    if (cause instanceof LlmopsError) throw cause;
    throw new LlmopsError("ENDPOINT_UNREACHABLE", `${url.origin} cannot be reached: ${reasonOf(cause, signal)}.`, {
      hint: "Check the URL and that the server is running.",
      cause,
    });
  }
}

async function readAll(body: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.length;
    if (size > LARGEST_BYTES) throw new LlmopsError("ENDPOINT_ERROR", `The metrics are longer than ${LARGEST_BYTES} bytes.`);
  }
  return Buffer.concat(parts).toString("utf8");
}

function reasonOf(cause: unknown, signal: AbortSignal): string {
  if (signal.aborted) return "no answer in time";
  return systemCodeOf(cause) === "ECONNREFUSED" ? "connection refused" : messageOf(cause);
}
