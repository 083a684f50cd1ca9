import OpenAI, { APIConnectionError, APIError, APIUserAbortError } from "openai";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";
import type { Chunk, CompletionRequest } from "./completion.js";
import type { CompletionTarget } from "./completion-target.js";
import { toChatBody, toTextBody } from "./endpoint-body.js";
import { followSignal } from "./follow-signal.js";
import { EndpointReader } from "./endpoint-reader.js";

export interface EndpointOptions {
  /** Base URL with or without /v1. */
  url: string;
  /** The endpoint's model; its first one when absent. */
  model?: string;
  apiKey?: string;
  /** Further attempts of the client itself; 2 when absent. */
  maxRetries?: number;
}

/** An OpenAI-compatible server: vLLM, llama-server, Ollama, another `llmops serve`, a hosted one. */
export class EndpointTarget implements CompletionTarget {
  readonly model: string;
  readonly location: string;
  private readonly client: OpenAI;

  /** Connects and finds the model. Throws INVALID_ARGUMENT for a bad URL, ENDPOINT_UNREACHABLE, ENDPOINT_REFUSED for what would fail again, or ENDPOINT_ERROR. */
  static async connect(options: EndpointOptions, signal?: AbortSignal): Promise<EndpointTarget> {
    const baseURL = toBaseUrl(options.url);
    // what is measured is to be computed, not to come from a cache on the way
    const defaultHeaders = { "cache-control": "no-store" };
    const client = new OpenAI({ baseURL, apiKey: options.apiKey ?? "none", maxRetries: options.maxRetries ?? 2, defaultHeaders });
    const model = options.model ?? (await firstModel(client, baseURL, signal));
    return new EndpointTarget(client, baseURL, model);
  }

  private constructor(client: OpenAI, location: string, model: string) {
    this.client = client;
    this.location = location;
    this.model = model;
  }

  async *complete(request: CompletionRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<Chunk> {
    // a signal of its own for each request: the client never takes its listeners off again
    const own = followSignal(signal);
    try {
      const options = { signal: own.controller.signal };
      const reader = new EndpointReader();
      if ("messages" in request) {
        const stream = await this.client.chat.completions.create(toChatBody(this.model, request), options);
        for await (const part of stream) yield* reader.readChat(part);
      } else {
        const stream = await this.client.completions.create(toTextBody(this.model, request), options);
        for await (const part of stream) yield* reader.readText(part);
      }
      yield* reader.end();
    } catch (cause) {
      throw toEndpointError(cause, this.location);
    } finally {
      own.release();
    }
  }

  async close(): Promise<void> {
    // the connections are the runtime's own and close by themselves
  }
}

function toBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not the URL of an endpoint.`, {
      hint: "Write it like http://127.0.0.1:8080/v1.",
    });
  }
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path === "" ? "/v1" : path;
  return url.href;
}

async function firstModel(client: OpenAI, location: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    const models = await client.models.list(signal ? { signal } : {});
    const first = models.data[0];
    if (first) return first.id;
  } catch (cause) {
    throw toEndpointError(cause, location);
  }
  throw new LlmopsError("ENDPOINT_ERROR", `The endpoint ${location} lists no models.`, { hint: "Name one with --model." });
}

function toEndpointError(cause: unknown, location: string): unknown {
  if (cause instanceof APIUserAbortError || cause instanceof LlmopsError) return cause;
  if (cause instanceof APIConnectionError) {
    const why = messageOf(rootCause(cause));
    return new LlmopsError("ENDPOINT_UNREACHABLE", `The endpoint ${location} cannot be reached: ${why}.`, {
      hint: "Check the URL and that the server is running.",
      cause,
    });
  }
  return cause instanceof APIError ? toAnswerError(cause as APIError, location) : cause;
}

/** What an endpoint answered instead of a completion: refused when it would be again. */
function toAnswerError(cause: APIError, location: string): LlmopsError {
  const { status = 0 } = cause;
  const refused = status >= 400 && status < 500 && ![408, 409, 429].includes(status);
  const retryAfter = Number(cause.headers?.get("retry-after") ?? Number.NaN);
  return new LlmopsError(refused ? "ENDPOINT_REFUSED" : "ENDPOINT_ERROR", `The endpoint ${location} answered: ${cause.message}.`, {
    ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
    hint: status === 401 || status === 403 ? "Give the key's environment variable with --api-key-env." : "See the endpoint's own log.",
    cause,
  });
}

function rootCause(error: Error): unknown {
  let current: unknown = error;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  return current;
}
