import { Pool, type Dispatcher } from "undici";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../../base/errors/text-ends.js";
import { splitCredentials } from "../../../base/errors/url-credentials.js";
import { asObject } from "../../openai/json-object.js";
import { readText } from "../../openai/read-answer.js";
import type { Call } from "../call.js";
import { OWN_FIELDS } from "../own-fields.js";
import { isCompletion } from "./upstream-answer.js";
import { UpstreamFaults } from "./upstream-faults.js";

export interface UpstreamOptions {
  /** How it is called in answers, metrics and logs. */
  name: string;
  /** Base URL as OpenAI's clients take it, with or without /v1. */
  url: string;
  /** Sent instead of the model the client asked for. */
  model?: string | undefined;
  apiKey?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 5000;

/** Sends calls to an OpenAI-compatible server, as the client wrote them but for what only this server understands. */
export class UpstreamConnection {
  /** Where it is, for messages. */
  readonly location: string;
  readonly faults: UpstreamFaults;
  private readonly options: UpstreamOptions;
  private readonly prefix: string;
  /** From the API key, or from the user and password of its URL. */
  private readonly authorization: string | undefined;
  private readonly pool: Pool;
  /** It refuses to count tokens at the end of a stream, which nobody asked for but this server. */
  private refusesCounts = false;

  /** Throws INVALID_ARGUMENT for what is not a URL. */
  constructor(options: UpstreamOptions) {
    const url = toUrl(options.url);
    this.options = options;
    this.authorization = options.apiKey === undefined ? splitCredentials(url).authorization : `Bearer ${options.apiKey}`;
    this.prefix = withoutTrailingSlashes(url.pathname).replace(/\/v1$/, "");
    this.location = url.origin + this.prefix;
    this.faults = new UpstreamFaults(options.name, this.location);
    this.pool = new Pool(url.origin, { connections: 256, connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** The server's response, once it has begun. Throws a ProviderFault for one that refuses, and what the pool throws. */
  async send(call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const counts = call.stream && isCompletion(call.path) && !(this.refusesCounts && !call.includeUsage);
    const response = await this.post(call, counts, signal);
    if (response.statusCode < 300) return response;
    const text = await readText(response.body as AsyncIterable<Uint8Array>);
    const isOurs = counts && !call.includeUsage && [400, 422].includes(response.statusCode) && text.includes("stream_options");
    if (!isOurs) throw this.faults.toRefusal(response, text);
    this.refusesCounts = true;
    return this.send(call, signal);
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private post(call: Call, counts: boolean, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { authorization, options } = this;
    const { model } = options;
    const own = Object.fromEntries(Object.entries(call.body).filter(([name]) => !isCompletion(call.path) || !OWN_FIELDS.includes(name)));
    const body = {
      ...own,
      ...(model !== undefined && "model" in call.body && { model }),
      ...(counts && { stream_options: { ...asObject(call.body["stream_options"]), include_usage: true } }),
    };
    return this.pool.request({
      method: call.method,
      path: `${this.prefix}${call.path}${call.query ?? ""}`,
      headers: {
        ...call.headers,
        "content-type": "application/json",
        "x-request-id": call.requestId,
        ...(authorization !== undefined && { authorization }),
      },
      ...(call.method === "POST" && { body: toJson(body) }),
      signal,
    });
  }
}

function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol)) return url;
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not an upstream URL.`, {
    hint: "Write it like http://127.0.0.1:8000/v1.",
  });
}

/** JSON whose seed is a number again where it came as one that JavaScript's numbers cannot hold. */
function toJson({ seed, ...others }: Readonly<Record<string, unknown>>): string {
  if (typeof seed !== "string" || !/^-?\d{1,20}$/.test(seed)) return JSON.stringify(seed === undefined ? others : { ...others, seed });
  const text = JSON.stringify(others);
  return `${text.slice(0, -1)}${text === "{}" ? "" : ","}"seed":${seed}}`;
}
