import { setTimeout as sleep } from "node:timers/promises";
import { splitCredentials } from "../../base/errors/url-credentials.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import type { Chunk, CompletionRequest } from "./completion.js";
import type { CompletionTarget } from "./completion-target.js";
import { toBody } from "./endpoint-body.js";
import { StatusError, toBrokenAnswer, toEndpointError } from "./endpoint-error.js";
import { EndpointHttp, type Fetch } from "./endpoint-http.js";
import { habitsOf, learn, paceOf, type Habits, type MaxTokensField } from "./endpoint-memory.js";
import { EndpointReader } from "./endpoint-reader.js";
import { followSignal } from "./follow-signal.js";
import { asObject, parseObject, type JsonObject } from "./json-object.js";
import type { Pace, PaceWatch } from "./pace.js";
import type { RateWatch } from "./rate-watch.js";
import { readAnswer, readText, type RawAnswer } from "./read-answer.js";

export interface EndpointOptions {
  /** Base URL with or without /v1. */
  url: string;
  /** The endpoint's model; its first one when absent. */
  model?: string;
  apiKey?: string;
  /** How the longest completion is called; when absent max_tokens, and the other after a complaint. */
  maxTokensField?: MaxTokensField;
  /** Members that go over those of every request; null takes one away. */
  body?: JsonObject;
  /** Told, once each, what the endpoint refuses and gets otherwise now, and that it limits the rate. */
  onNote?: (text: string) => void;
  /** How long its list of models may take, in milliseconds; waiting because it is busy does not count. */
  timeoutMs?: number;
  /** Counts what the endpoint refuses for its rate. */
  rates?: RateWatch;
  /** Sends requests in the place of fetch. */
  fetch?: Fetch;
}

/** Requests are changed so often, at most, because the endpoint refuses a member. */
const MOST_CHANGES = 6;
/** Attempts to learn the endpoint's model where it is busy. */
const MODEL_ATTEMPTS = 5;
const LONGEST_WAIT_SECONDS = 60;

/** An OpenAI-compatible server: vLLM, llama-server, Ollama, another `llmops serve`, a hosted one. */
export class EndpointTarget implements CompletionTarget {
  readonly model: string;
  readonly location: string;
  readonly pace: Pace;
  private readonly http: EndpointHttp;
  private readonly options: EndpointOptions;
  private readonly habits: Habits;
  private readonly watch: PaceWatch;

  /** Connects and finds the model. Throws INVALID_ARGUMENT for a bad URL, ENDPOINT_UNREACHABLE, REQUEST_TIMEOUT, ENDPOINT_REFUSED for what would fail again, or ENDPOINT_ERROR. */
  static async connect(options: EndpointOptions, signal: AbortSignal = new AbortController().signal): Promise<EndpointTarget> {
    const baseURL = toBaseUrl(options.url);
    const { url, authorization } = splitCredentials(baseURL);
    const http = new EndpointHttp({ baseURL: url, apiKey: options.apiKey, authorization, fetch: options.fetch });
    const model = options.model ?? (await firstModel(http, { location: url, timeoutMs: options.timeoutMs }, signal));
    return new EndpointTarget(http, { ...options, url }, model);
  }

  private constructor(http: EndpointHttp, options: EndpointOptions, model: string) {
    this.http = http;
    this.options = options;
    this.location = options.url;
    this.model = model;
    this.habits = habitsOf(this.location, model);
    this.pace = paceOf(this.location);
    options.rates?.add(this.location, this.pace);
    this.watch = this.pace.watch((limit) =>
      this.note(`it limits the rate of requests; they wait as long as it asks, ${limit} at a time for now, and none is lost`),
    );
  }

  /** Ends with "finish" only where the answer is whole. Throws the signal's reason, or an LlmopsError that says what came instead. */
  async *complete(request: CompletionRequest, { signal }: { signal?: AbortSignal } = {}): AsyncGenerator<Chunk> {
    // a signal of its own for each request: the client never takes its listeners off again
    const own = followSignal(signal);
    const stopped = own.controller.signal;
    let hasBegun = false;
    try {
      const answer = { ...(await this.send(request, stopped)), abandon: () => own.controller.abort() };
      hasBegun = true;
      const reader = new EndpointReader();
      for await (const part of readAnswer(answer, request.choices)) yield* reader.read(part);
      signal?.throwIfAborted();
      yield* reader.end();
    } catch (cause) {
      stopped.throwIfAborted();
      throw hasBegun ? toBrokenAnswer(cause, this.location) : toEndpointError(cause, this.location);
    } finally {
      own.release();
    }
  }

  async close(): Promise<void> {
    this.watch.close();
    await this.http.close();
  }

  /** Sends a request, again without what the endpoint refuses where the answer does not depend on that. */
  private async send(request: CompletionRequest, signal: AbortSignal): Promise<RawAnswer> {
    const path = "messages" in request ? "/chat/completions" : "/completions";
    const { maxTokensField } = this.options;
    for (let changes = 0; ; changes++) {
      const habits = maxTokensField === undefined ? this.habits : { ...this.habits, maxTokensField };
      const body = toBody(this.model, request, habits, this.options.body);
      try {
        return await this.http.post(path, body, signal);
      } catch (cause) {
        const lesson = cause instanceof StatusError && changes < MOST_CHANGES ? this.learn(request, body, cause) : undefined;
        if (!lesson) throw cause;
        if (lesson.isNew) this.note(lesson.text);
      }
    }
  }

  private learn(request: CompletionRequest, sent: JsonObject, refusal: StatusError): ReturnType<typeof learn> {
    // what the user put into the body stays there
    const { body, maxTokensField = "" } = this.options;
    const own = { ...body, ...request.extra, [maxTokensField]: true };
    const changeable = Object.fromEntries(Object.entries(sent).filter(([name]) => own[name] === undefined));
    return learn(this.habits, request, changeable, refusal);
  }

  private note(text: string): void {
    this.options.onNote?.(`${this.model} at ${this.location}: ${text}.`);
  }
}

function toBaseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !["http:", "https:"].includes(url.protocol)) {
    throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not the URL of an endpoint.`, {
      hint: "Write it like http://127.0.0.1:8080/v1.",
    });
  }
  const path = withoutTrailingSlashes(url.pathname);
  url.pathname = path === "" ? "/v1" : path;
  return url.href;
}

interface ModelQuestion {
  location: string;
  timeoutMs: number | undefined;
}

/** The first model an endpoint lists; one that is busy is asked again. */
async function firstModel(http: EndpointHttp, question: ModelQuestion, signal: AbortSignal): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await listedModel(http, question, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const error = toEndpointError(cause, question.location);
      const { retryAfterSeconds = 2 ** attempt / 4 } = error;
      const isBusy = error.code === "RATE_LIMITED" || error.retryAfterSeconds !== undefined;
      if (!isBusy || attempt === MODEL_ATTEMPTS || retryAfterSeconds > LONGEST_WAIT_SECONDS) throw error;
      await sleep(retryAfterSeconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** One look at the endpoint's list. Throws REQUEST_TIMEOUT where it takes too long. */
async function listedModel(http: EndpointHttp, { location, timeoutMs }: ModelQuestion, signal: AbortSignal): Promise<string> {
  const late = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  try {
    const { body } = await http.get("/models", late ? AbortSignal.any([signal, late]) : signal);
    const { data } = parseObject(await readText(body)) ?? {};
    const id = asObject(Array.isArray(data) ? data[0] : undefined)?.["id"];
    if (typeof id === "string") return id;
  } catch (cause) {
    if (late?.aborted !== true || signal.aborted) throw cause;
    throw new LlmopsError("REQUEST_TIMEOUT", `The endpoint ${location} did not list its models within ${(timeoutMs ?? 0) / 1000} s.`, {
      hint: "Check that it is ready, raise --timeout, or name the model with --model.",
      cause,
    });
  }
  throw new LlmopsError("ENDPOINT_ERROR", `The endpoint ${location} lists no models.`, { hint: "Name one with --model." });
}
