import type { Readable } from "node:stream";
import { request, type Dispatcher } from "undici";
import { messageOf, systemCodeOf } from "../../base/errors/llmops-error.js";
import { splitCredentials } from "../../base/errors/url-credentials.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { MlflowError, type MlflowErrorCode } from "../mlflow-error.js";

/** Endpoints that the operator lets pages ask, and the key they are asked with, which no page sees. */
export interface PlaygroundOptions {
  /** OpenAI-compatible servers, with or without /v1. */
  urls: readonly string[];
  apiKey?: string | undefined;
}

/** What a page is told of an endpoint. */
export interface PlaygroundEndpoint {
  /** What it is asked by. */
  id: string;
  /** Without user and password. */
  url: string;
  models: string[];
  /** Why it has none. */
  error: string | null;
}

interface Place {
  id: string;
  url: string;
  headers: Record<string, string>;
}

const MODELS_MS = 3000;
const MOST_JSON_BYTES = 1024 * 1024;
/** A first token takes as long as a model takes to load. */
const FIRST_BYTE_MS = 600_000;
const MOST_AT_ONCE = 32;
const LONGEST_MESSAGE = 600;

/** Passes requests of pages to endpoints that the operator has named, by their ids: never to a place that a page names. */
export class Playground {
  private readonly places: readonly Place[];
  private running = 0;

  constructor({ urls, apiKey }: PlaygroundOptions) {
    this.places = urls.map((given, i) => {
      const { url, authorization } = splitCredentials(given);
      const base = withoutTrailingSlashes(url);
      const key = apiKey === undefined ? authorization : `Bearer ${apiKey}`;
      const headers = { "content-type": "application/json", ...(key !== undefined && { authorization: key }) };
      return { id: String(i + 1), url: /\/v\d+$/.test(base) ? base : `${base}/v1`, headers };
    });
  }

  /** The endpoints with the models they say they have. */
  async endpoints(): Promise<PlaygroundEndpoint[]> {
    return Promise.all(
      this.places.map(async (place) => {
        const { id, url } = place;
        try {
          const { body } = await this.send(place, { method: "GET", path: "models", signal: AbortSignal.timeout(MODELS_MS) });
          return { id, url, models: modelsIn(await readJson(body)), error: null };
        } catch (error) {
          return { id, url, models: [], error: messageOf(error) };
        }
      }),
    );
  }

  /**
   * Asks an endpoint for a streamed chat completion; gives the bytes of its events as they come. Aborting the signal, or destroying the
   * stream, ends the request. Throws RESOURCE_DOES_NOT_EXIST for an endpoint that is not there, and what the endpoint refuses in its words.
   */
  async chat(id: string, body: object, signal: AbortSignal): Promise<Readable> {
    const place = this.places.find((one) => one.id === id);
    if (!place) throw new MlflowError("RESOURCE_DOES_NOT_EXIST", `The playground has no endpoint "${id}".`, { hint: "Reload the page." });
    if (this.running >= MOST_AT_ONCE) throw new MlflowError("RESOURCE_EXHAUSTED", `${MOST_AT_ONCE} answers are being streamed already.`);
    this.running++;
    try {
      const content = JSON.stringify({ ...body, stream: true });
      const answer = await this.send(place, { method: "POST", path: "chat/completions", body: content, signal });
      const type = String(answer.headers["content-type"] ?? "");
      if (!type.startsWith("text/event-stream")) {
        answer.body.destroy();
        throw new MlflowError("INVALID_PARAMETER_VALUE", `${place.url} did not stream its answer: it is ${type || "of no type"}.`);
      }
      answer.body.once("close", () => void this.running--);
      return answer.body;
    } catch (error) {
      this.running--;
      throw error;
    }
  }

  private async send(
    { url, headers }: Place,
    { path, ...options }: { method: "GET" | "POST"; path: string; body?: string; signal: AbortSignal },
  ): Promise<Dispatcher.ResponseData> {
    const answer = await request(`${url}/${path}`, {
      headers,
      headersTimeout: FIRST_BYTE_MS,
      bodyTimeout: FIRST_BYTE_MS,
      ...options,
    }).catch((error: unknown) => {
      const why =
        systemCodeOf(error) === "ECONNREFUSED" ? "connection refused" : options.signal.aborted ? "no answer in time" : messageOf(error);
      throw new MlflowError("TEMPORARILY_UNAVAILABLE", `${url} cannot be reached: ${why}.`, { hint: "Check that the server is running." });
    });
    if (answer.statusCode === 200) return answer;
    throw await refusal(url, answer);
  }
}

/** What an endpoint refused, as this server answers it: never as 401, for which browsers would ask people for a password. */
async function refusal(url: string, { statusCode, body }: Dispatcher.ResponseData): Promise<MlflowError> {
  const said = await readJson(body).then(errorIn, () => undefined);
  const words = said === undefined ? "" : `: ${said.slice(0, LONGEST_MESSAGE)}`;
  return new MlflowError(codeFor(statusCode), `${url} answered with status ${statusCode}${words}`);
}

function codeFor(status: number): MlflowErrorCode {
  if (status === 401 || status === 403) return "PERMISSION_DENIED";
  if (status === 404) return "NOT_FOUND";
  if (status === 429) return "REQUEST_LIMIT_EXCEEDED";
  return status >= 400 && status < 500 ? "INVALID_PARAMETER_VALUE" : "TEMPORARILY_UNAVAILABLE";
}

async function readJson(body: Readable): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part as Buffer);
    bytes += (part as Buffer).length;
    if (bytes > MOST_JSON_BYTES) throw new MlflowError("TEMPORARILY_UNAVAILABLE", `The answer is longer than ${MOST_JSON_BYTES} bytes.`);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

function modelsIn(document: unknown): string[] {
  const { data } = (document ?? {}) as { data?: unknown };
  const ids = Array.isArray(data) ? data.map((model: unknown) => (model as { id?: unknown } | null)?.id) : [];
  return ids.filter((id) => typeof id === "string").slice(0, 1000);
}

/** OpenAI's error object, or FastAPI's detail. */
function errorIn(document: unknown): string | undefined {
  const { error, message, detail } = (document ?? {}) as { error?: unknown; message?: unknown; detail?: unknown };
  const inner = (error as { message?: unknown } | null | undefined)?.message;
  return [inner, error, message, detail].find((text) => typeof text === "string");
}
