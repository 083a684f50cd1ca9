import OpenAI from "openai";
import { Agent, fetch as undiciFetch, type RequestInit } from "undici";
import { StatusError } from "./endpoint-error.js";
import type { RawAnswer } from "./read-answer.js";

/** What sends a request: fetch, or what stands in its place. */
export type Fetch = (url: string, init: object) => Promise<Response>;

/** Longer than any deadline: those of the caller end a request. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;
const CONNECT_TIMEOUT_MS = 10_000;

export interface HttpOptions {
  baseURL: string;
  apiKey?: string | undefined;
  authorization?: string | undefined;
  fetch?: Fetch | undefined;
}

/**
 * The requests to an endpoint, sent through OpenAI's client, which never tries again and keeps nothing back: what failed is thrown as
 * it is, and a success is given unread.
 */
export class EndpointHttp {
  private readonly client: OpenAI;
  private readonly agent: Agent | undefined;

  /** `authorization` is the header for an endpoint that wants a name and a password; an API key goes before it. */
  constructor({ baseURL, apiKey, authorization, fetch }: HttpOptions) {
    this.agent = fetch ? undefined : new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: CONNECT_TIMEOUT_MS } });
    const send = fetch ?? this.fetchWith(this.agent);
    this.client = new OpenAI({
      ...{ baseURL, apiKey: apiKey ?? "none", maxRetries: 0, timeout: NO_TIMEOUT_MS },
      // what is measured is to be computed, not to come from a cache on the way
      // and what is asked for is to be done, or refused: `llmops serve` heeds this
      defaultHeaders: {
        "cache-control": "no-store",
        "x-llmops-strict-fields": "1",
        ...(apiKey === undefined && authorization !== undefined && { authorization }),
      },
      fetch: (url, init) => sendOrNote(send, url instanceof Request ? url.url : url.toString(), init ?? {}),
    });
  }

  /** Begins a request. Throws StatusError, what the connection throws, or the signal's reason. */
  async post(path: string, body: object, signal: AbortSignal): Promise<RawAnswer> {
    return this.raw(() => this.client.post(path, { body, signal }).asResponse(), signal);
  }

  async get(path: string, signal: AbortSignal): Promise<RawAnswer> {
    return this.raw(() => this.client.get(path, { signal }).asResponse(), signal);
  }

  async close(): Promise<void> {
    await this.agent?.destroy();
  }

  private async raw(send: () => Promise<Response>, signal: AbortSignal): Promise<RawAnswer> {
    try {
      const response = await send();
      const contentType = response.headers.get("content-type") ?? undefined;
      return { contentType, body: response.body ?? nothing() };
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown instanceof Error && thrown.cause instanceof Failure ? thrown.cause.cause : thrown;
    }
  }

  private fetchWith(dispatcher: Agent | undefined): Fetch {
    return (url, init) => undiciFetch(url, { ...init, dispatcher } as RequestInit) as Promise<unknown> as Promise<Response>;
  }
}

/** What failed, under a message that the client reads nothing into. */
class Failure extends Error {
  constructor(cause: unknown) {
    super("failed", { cause });
  }
}

async function sendOrNote(send: Fetch, url: string, init: object): Promise<Response> {
  try {
    const response = await send(url, init);
    if (response.ok) return response;
    throw new StatusError(response.status, await response.text(), (name) => response.headers.get(name));
  } catch (cause) {
    throw new Failure(cause);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // a status of success without a body
}
