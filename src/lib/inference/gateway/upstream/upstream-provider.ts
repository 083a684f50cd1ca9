import { Pool, type Dispatcher } from "undici";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { splitCredentials } from "../../../base/errors/url-credentials.js";
import { withoutTrailingSlashes } from "../../../base/errors/text-ends.js";
import { choicesOf, NoAnswer } from "../../openai/answer-check.js";
import { toUsage } from "../../openai/endpoint-reader.js";
import { asObject, parseObject } from "../../openai/json-object.js";
import { readAnswer, readText, type AnswerPart } from "../../openai/read-answer.js";
import { readServerWords } from "../../openai/server-words.js";
import { whenBegun } from "../stream.js";
import { OWN_FIELDS } from "../own-fields.js";
import { NO_USAGE } from "../spending.js";
import { TokenTally } from "../token-tally.js";
import { originOf, type Answer, type AnswerFacts, type Call, type JsonObject, type Provider } from "../call.js";
import { DeadlineClock } from "../with-deadlines.js";
import { forbidsKeeping } from "./may-keep.js";
import { ProviderFault } from "../provider-fault.js";
import { isTimeout, UpstreamFaults } from "./upstream-faults.js";

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
  /** As the upstream itself says, also with an answer that failed. */
  facts: AnswerFacts;
  /** It began to answer with success: what was computed by then is not known. */
  isAnswering: boolean;
  clock: DeadlineClock;
  /** The client's own signal. */
  outer: AbortSignal;
  /** The answer is handed on and ends by itself. */
  streams: boolean;
  end: () => void;
}

const CONNECT_TIMEOUT_MS = 5000;
/** An OpenAI-compatible server that calls are passed on to: what a client sends and what it answers stay as they are. */
export class UpstreamProvider implements Provider {
  readonly name: string;
  readonly identity: string;
  /** Answers under way. */
  outstanding = 0;
  private readonly options: UpstreamOptions;
  private readonly origin: string;
  private readonly prefix: string;
  /** From the API key, or from the user and password of its URL. */
  private readonly authorization: string | undefined;
  private readonly pool: Pool;
  private readonly faults: UpstreamFaults;
  /** It refuses to count tokens at the end of a stream, which nobody asked for but this server. */
  private refusesCounts = false;

  /** Throws INVALID_ARGUMENT for what is not a URL. */
  constructor(options: UpstreamOptions) {
    const url = toUrl(options.url);
    this.options = options;
    this.authorization = options.apiKey === undefined ? splitCredentials(url).authorization : `Bearer ${options.apiKey}`;
    this.name = options.name;
    this.origin = url.origin;
    this.prefix = withoutTrailingSlashes(url.pathname).replace(/\/v1$/, "");
    this.identity = `${this.origin}${this.prefix}#${options.model ?? ""}`;
    this.faults = new UpstreamFaults(this.name, this.location);
    this.pool = new Pool(url.origin, { connections: 256, connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Where it is, for messages. */
  get location(): string {
    return this.origin + this.prefix;
  }

  async answer(call: Call, signal: AbortSignal): Promise<Answer> {
    const exchange = this.begin(call, signal);
    const { facts } = exchange;
    try {
      const response = await this.send(call, exchange.clock.signal);
      exchange.isAnswering = true;
      facts.unkept = forbidsKeeping(call.path, response);
      if (!call.stream) return await this.readWhole(call, response, exchange);
      const events = await whenBegun(this.readStream(call, response, exchange));
      exchange.streams = true;
      return { kind: "stream", events, facts, origin: originOf(this.name, performance.now() - exchange.begun) };
    } catch (cause) {
      const fault = this.faults.toFault(cause, signal);
      noteLoss(call, exchange, { cause, fault });
      throw fault;
    } finally {
      if (!exchange.streams) exchange.end();
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }

  private begin(call: Call, outer: AbortSignal): Exchange {
    const clock = new DeadlineClock(call.deadlines, outer);
    if (call.spending) call.spending.sofar = undefined;
    this.outstanding++;
    let over = false;
    const end = () => {
      if (over) return;
      over = true;
      clock.stop();
      this.outstanding--;
    };
    const facts: AnswerFacts = { usage: undefined, timing: undefined };
    return { begun: performance.now(), facts, isAnswering: false, clock, outer, streams: false, end };
  }

  private async send(call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const counts = call.stream && isCompletion(call.path) && !(this.refusesCounts && !call.includeUsage);
    const response = await this.post(call, counts, signal);
    if (response.statusCode < 300) return response;
    const text = await readText(response.body as AsyncIterable<Uint8Array>);
    const isOurs = counts && !call.includeUsage && [400, 422].includes(response.statusCode) && text.includes("stream_options");
    if (!isOurs) throw this.faults.toRefusal(response, text);
    this.refusesCounts = true;
    return this.send(call, signal);
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
      ...(call.method === "POST" && { body: JSON.stringify(body) }),
      signal,
    });
  }

  private async readWhole(call: Call, response: Dispatcher.ResponseData, { begun, facts }: Exchange): Promise<Answer> {
    const onBody = (body: JsonObject) => (facts.usage = toUsage(body["usage"]));
    const body = isCompletion(call.path) ? await this.readOne(call, response, onBody) : await this.readOther(call, response, onBody);
    const totalMs = performance.now() - begun;
    const { usage } = facts;
    const timing = { firstTokenMs: totalMs, totalMs };
    return { kind: "whole", body, usage, timing, unkept: facts.unkept ?? false, origin: originOf(this.name, totalMs) };
  }

  /** The one part of an answer that was not to be streamed. */
  private async readOne(call: Call, { headers, body }: Dispatcher.ResponseData, onBody: (body: JsonObject) => void): Promise<JsonObject> {
    const contentType = typeOf(headers);
    if (contentType?.startsWith("text/event-stream")) throw this.faults.garbage("a stream instead of one answer");
    let whole: JsonObject = {};
    const answer = { contentType, body: body as AsyncIterable<Uint8Array>, onBody };
    for await (const part of readAnswer(answer, choicesAsked(call))) whole = part.body;
    return whole;
  }

  /** The answer of a route whose shape is not known here, or of embeddings. */
  private async readOther({ path }: Call, { body }: Dispatcher.ResponseData, onBody: (body: JsonObject) => void): Promise<JsonObject> {
    const text = await readText(body as AsyncIterable<Uint8Array>);
    const whole = parseObject(text);
    if (!whole) throw this.faults.garbage(`"${text.slice(0, 80)}", which is not a JSON object`);
    onBody(whole);
    const isError = path === "/v1/embeddings" && !Array.isArray(whole["data"]);
    if (isError) throw new NoAnswer("error", readServerWords(text).message);
    return whole;
  }

  private async *readStream(
    call: Call,
    { body, headers }: Dispatcher.ResponseData,
    { begun, facts, clock, outer, end }: Exchange,
  ): AsyncGenerator<JsonObject> {
    let firstTokenMs: number | undefined;
    try {
      const onBody = (event: JsonObject) => (facts.usage = toUsage(event["usage"]) ?? facts.usage);
      const answer = { contentType: typeOf(headers), body: body as AsyncIterable<Uint8Array>, onBody };
      for await (const part of readAnswer(answer, choicesAsked(call))) {
        // a role or an end alone is not a token
        if (part.hasContent) {
          clock.token();
          firstTokenMs ??= performance.now() - begun;
        }
        const event = toEvent(part);
        if (event) yield event;
      }
      clock.signal.throwIfAborted();
      const totalMs = performance.now() - begun;
      facts.timing = { firstTokenMs: firstTokenMs ?? totalMs, totalMs };
    } catch (cause) {
      throw this.faults.toFault(clock.signal.aborted ? clock.signal.reason : cause, outer, "broken_stream");
    } finally {
      end();
      body.destroy();
    }
  }
}

/** Says what an answer took that failed before any of it could be handed on. Of one that was given up nothing is known. */
function noteLoss(
  { spending, stream }: Call,
  { facts, isAnswering, outer }: Exchange,
  { cause, fault }: { cause: unknown; fault: unknown },
): void {
  const isGivenUp = outer.aborted || (isTimeout(fault) && !(fault instanceof ProviderFault));
  if (!spending || isGivenUp) return;
  // the prompt of a stream that is late may have been read; of a whole answer that is late or was cut all may have been computed
  const isCut = isAnswering && !(cause instanceof LlmopsError || cause instanceof NoAnswer);
  const mayCost = isTimeout(fault) || (isCut && !stream);
  const loss = { usage: facts.usage ?? (mayCost ? undefined : NO_USAGE), tally: stream ? new TokenTally() : undefined };
  spending.sofar = () => loss;
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

function typeOf(headers: Dispatcher.ResponseData["headers"]): string | undefined {
  return [headers["content-type"] ?? []].flat()[0];
}

/** How many choices an answer has to have: of each prompt as many as are wanted. */
function choicesAsked({ path, body }: Call): number {
  const { n, prompt } = body;
  const each = typeof n === "number" && n > 0 ? n : 1;
  const isList = path === "/v1/completions" && Array.isArray(prompt) && prompt.length > 0 && typeof prompt[0] !== "number";
  return isList ? each * prompt.length : each;
}

/** A part as an event for the client; undefined for one with token counts only. */
function toEvent({ body }: AnswerPart): JsonObject | undefined {
  const choices = choicesOf(body);
  if (toUsage(body["usage"]) && choices.length === 0) return undefined;
  if (!choices.some((choice) => "message" in choice)) return body;
  // a server that does not stream gives all of it at once
  const events = choices.map(({ message, ...choice }) => ({ ...choice, delta: message }));
  return { ...body, object: "chat.completion.chunk", choices: events };
}
