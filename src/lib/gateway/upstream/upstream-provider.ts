import { Pool, type Dispatcher } from "undici";
import { isAbort, LlmopsError, messageOf } from "../../errors/llmops-error.js";
import type { Usage } from "../../openai/completion.js";
import { choicesOf, whenBegun } from "../stream.js";
import { originOf, type Answer, type AnswerFacts, type Call, type JsonObject, type Provider } from "../call.js";
import { DeadlineClock } from "../with-deadlines.js";
import { ProviderFault, UpstreamRefusal } from "../provider-fault.js";
import { readEventData } from "./sse-events.js";

export interface UpstreamOptions {
  /** How it is called in answers, metrics and logs. */
  name: string;
  /** Base URL as OpenAI's clients take it, with or without /v1. */
  url: string;
  /** Sent instead of the model the client asked for. */
  model?: string | undefined;
  apiKey?: string | undefined;
}

/** One request to an upstream while it is under way. */
interface Exchange {
  begun: number;
  clock: DeadlineClock;
  /** The client's own signal. */
  outer: AbortSignal;
  /** The answer is handed on and ends by itself. */
  streams: boolean;
  end: () => void;
}

/** Most answers are small; one that is not an answer at all must not fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5000;
/** Fields of this server alone: an upstream may refuse what it does not know. */
const OWN_FIELDS = new Set(["track_experiment", "experiment_name", "run_name", "tags", "timeout", "first_token_timeout", "stall_timeout"]);
/** Statuses after which another provider, or another attempt, may do better. */
const PASSING = [408, 409, 425, 429];
/** Statuses that say this provider is set up wrongly. */
const CREDENTIALS = [401, 402, 403, 404];

/** An OpenAI-compatible server that calls are passed on to: what a client sends and what it answers stay as they are. */
export class UpstreamProvider implements Provider {
  readonly name: string;
  readonly identity: string;
  /** Answers under way. */
  outstanding = 0;
  private readonly options: UpstreamOptions;
  private readonly origin: string;
  private readonly prefix: string;
  private readonly pool: Pool;

  /** Throws INVALID_ARGUMENT for what is no URL. */
  constructor(options: UpstreamOptions) {
    const url = toUrl(options.url);
    this.options = options;
    this.name = options.name;
    this.origin = url.origin;
    this.prefix = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "");
    this.identity = `${this.origin}${this.prefix}#${options.model ?? ""}`;
    this.pool = new Pool(url.origin, { connections: 256, connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Where it is, for messages. */
  get location(): string {
    return this.origin + this.prefix;
  }

  async answer(call: Call, signal: AbortSignal): Promise<Answer> {
    const exchange = this.begin(call, signal);
    try {
      const response = await this.send(call, exchange.clock.signal);
      if (!call.stream) return await this.readWhole(response, exchange.begun);
      const facts: AnswerFacts = { usage: undefined, timing: undefined };
      const events = await whenBegun(this.readStream(response, exchange, facts));
      exchange.streams = true;
      return { kind: "stream", events, facts, origin: originOf(this.name, performance.now() - exchange.begun) };
    } catch (cause) {
      throw this.toFault(cause, signal);
    } finally {
      if (!exchange.streams) exchange.end();
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private begin(call: Call, outer: AbortSignal): Exchange {
    const clock = new DeadlineClock(call.deadlines, outer);
    this.outstanding++;
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      clock.stop();
      this.outstanding--;
    };
    return { begun: performance.now(), clock, outer, streams: false, end };
  }

  private async send(call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { apiKey, model } = this.options;
    const own = Object.fromEntries(Object.entries(call.body).filter(([name]) => !isCompletion(call.path) || !OWN_FIELDS.has(name)));
    const body = {
      ...own,
      ...(model !== undefined && "model" in call.body && { model }),
      ...(call.stream &&
        isCompletion(call.path) && { stream_options: { ...(call.body["stream_options"] as object), include_usage: true } }),
    };
    const response = await this.pool.request({
      method: call.method,
      path: `${this.prefix}${call.path}${call.query ?? ""}`,
      headers: {
        "content-type": "application/json",
        "x-request-id": call.requestId,
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      ...(call.method === "POST" && { body: JSON.stringify(body) }),
      signal,
    });
    if (response.statusCode >= 300) throw await this.toRefusal(response);
    return response;
  }

  private async readWhole(response: Dispatcher.ResponseData, begun: number): Promise<Answer> {
    const body = this.parse(await readText(response.body));
    const totalMs = performance.now() - begun;
    const usage = toUsage(body["usage"]);
    return { kind: "whole", body, usage, timing: { firstTokenMs: totalMs, totalMs }, origin: originOf(this.name, totalMs) };
  }

  private async *readStream(
    { body, headers }: Dispatcher.ResponseData,
    { begun, clock, outer, end }: Exchange,
    facts: AnswerFacts,
  ): AsyncGenerator<JsonObject> {
    const finished = { done: false };
    let firstTokenMs: number | undefined;
    try {
      const type = String(headers["content-type"]);
      if (!type.includes("text/event-stream")) throw this.garbage(`a ${type} instead of a stream`);
      for await (const data of readEventData(body, finished)) {
        clock.token();
        const event = this.readEvent(data, facts);
        if (!event) continue;
        firstTokenMs ??= performance.now() - begun;
        finished.done ||= choicesOf(event).some(({ finish_reason: reason }) => typeof reason === "string");
        yield event;
      }
      if (!finished.done) throw this.broken("it ended without a finish reason");
      const totalMs = performance.now() - begun;
      facts.timing = { firstTokenMs: firstTokenMs ?? totalMs, totalMs };
    } catch (cause) {
      throw this.toFault(clock.signal.aborted ? clock.signal.reason : cause, outer, "broken_stream");
    } finally {
      end();
      body.destroy();
    }
  }

  /** One event for the client; undefined for one with token counts only, which are noted. */
  private readEvent(data: string, facts: AnswerFacts): JsonObject | undefined {
    const event = this.parse(data);
    if (event["error"] !== undefined) throw this.broken(`it sent an error: ${describeError(event["error"])}`);
    const usage = toUsage(event["usage"]);
    if (!usage) return event;
    facts.usage = usage;
    return choicesOf(event).length === 0 ? undefined : event;
  }

  private parse(text: string): JsonObject {
    try {
      const value: unknown = JSON.parse(text);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    } catch {
      // told below
    }
    throw this.garbage(`"${text.slice(0, 80)}", which is no JSON object`);
  }

  private async toRefusal({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<LlmopsError> {
    const text = await readText(body);
    const parsed = parseOrUndefined(text);
    const what = describeError(parsed?.["error"] ?? text.slice(0, 200));
    const message = `${this.name} (${this.location}) answered ${statusCode}: ${what}`;
    if (statusCode >= 400 && statusCode < 500 && !PASSING.includes(statusCode) && !CREDENTIALS.includes(statusCode)) {
      return new UpstreamRefusal(
        statusCode,
        parsed ?? { error: { message: what, type: "invalid_request_error", param: null, code: null } },
        message,
      );
    }
    const retryAfter = Number(headers["retry-after"]);
    const kind = CREDENTIALS.includes(statusCode) ? "credentials" : statusCode === 429 ? "overloaded" : "status";
    return new ProviderFault(kind, this.name, message, {
      ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }),
      hint: kind === "credentials" ? "Check its URL, model and API key." : "See its own log.",
    });
  }

  private garbage(what: string): ProviderFault {
    return new ProviderFault("garbage", this.name, `${this.name} (${this.location}) sent ${what}.`, {
      hint: "Check that its URL is that of an OpenAI-compatible API.",
    });
  }

  private broken(what: string): ProviderFault {
    return new ProviderFault("broken_stream", this.name, `The stream of ${this.name} (${this.location}) broke off: ${what}.`);
  }

  /** Anything thrown, as what it means: the client's going away and the whole request's deadline stay what they are. */
  private toFault(cause: unknown, signal: AbortSignal, kind: "unreachable" | "broken_stream" = "unreachable"): unknown {
    if (signal.aborted) return signal.reason as unknown;
    if (cause instanceof ProviderFault || cause instanceof UpstreamRefusal) return cause;
    if (cause instanceof LlmopsError && cause.code === "REQUEST_TIMEOUT") return this.toTimeout(cause);
    if (isAbort(cause)) return cause;
    if (kind === "broken_stream") return this.broken(messageOf(cause));
    return new ProviderFault("unreachable", this.name, `${this.name} (${this.location}) cannot be reached: ${messageOf(cause)}.`, {
      hint: "Check its URL and that it is running.",
      cause,
    });
  }

  /** A deadline of the first token or between two is this provider's fault; that of the whole request is not. */
  private toTimeout(cause: LlmopsError): LlmopsError {
    if (cause.param === "timeout" || cause.param === undefined) return cause;
    return new ProviderFault("timeout", this.name, `${this.name}: ${cause.message}`, {
      ...(cause.hint !== undefined && { hint: cause.hint }),
      param: cause.param,
    });
  }
}

/** True for the paths whose streams can end with token counts. */
function isCompletion(path: string): boolean {
  return path === "/v1/chat/completions" || path === "/v1/completions";
}

function toUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:"].includes(url.protocol)) return url;
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not the URL of an upstream.`, {
    hint: "Write it like http://127.0.0.1:8000/v1.",
  });
}

async function readText(body: Dispatcher.ResponseData["body"]): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) throw new Error(`the answer is larger than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parseOrUndefined(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function describeError(error: unknown): string {
  const message = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : error;
  return typeof message === "string" ? message : JSON.stringify(error);
}

function toUsage(value: unknown): Usage | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { prompt_tokens: prompt, completion_tokens: completion, prompt_tokens_details: details } = value as JsonObject;
  if (typeof prompt !== "number") return undefined;
  const cached = (details as { cached_tokens?: unknown } | null | undefined)?.cached_tokens;
  return {
    promptTokens: prompt,
    completionTokens: typeof completion === "number" ? completion : 0,
    ...(typeof cached === "number" && { cachedTokens: cached }),
  };
}
