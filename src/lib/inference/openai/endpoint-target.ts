import type { Chunk, CompletionRequest } from "./completion.js";
import type { CompletionTarget } from "./completion-target.js";
import { toBody } from "./endpoint-body.js";
import { StatusError, toBrokenAnswer, toEndpointError } from "./endpoint-error.js";
import { EndpointHttp, type Fetch } from "./endpoint-http.js";
import { habitsOf, learn, paceOf, type Habits, type MaxTokensField } from "./endpoint-memory.js";
import { EndpointReader } from "./endpoint-reader.js";
import { readEndpointUrl } from "./endpoint-url.js";
import { firstModel } from "./first-model.js";
import { followSignal } from "./follow-signal.js";
import type { JsonObject } from "./json-object.js";
import type { Pace, PaceWatch } from "./pace.js";
import type { RateWatch } from "./rate-watch.js";
import { readAnswer, type RawAnswer } from "./read-answer.js";

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
    const { url, authorization } = readEndpointUrl(options.url);
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
