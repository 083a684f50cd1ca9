import { hash, randomUUID } from "node:crypto";
import { setMaxListeners } from "node:events";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { mergeCompletions } from "../openai/merge-completions.js";
import type { Choice, Chunk, TextRequest, Usage } from "../openai/completion.js";
import { collectChunks, type CompleteOptions, type CompletionTarget } from "../openai/completion-target.js";
import { feedOf, flow, flowUntil, takeAll, type Feed } from "../openai/feed.js";
import { whenFlowing } from "../openai/feed-queue.js";
import { inputPlace, parseEmbeddingsRequest, toEmbeddingsBody } from "../openai/wire-embeddings.js";
import { toWireUsage, type AnswerHead } from "../openai/wire-answer.js";
import { promptMembers } from "../openai/answer-ids.js";
import { ChatStream, parseChatRequest, toWireChoice } from "../openai/wire-chat.js";
import { echoedPrompts, parseTextRequest, TextStream, toWireTextChoice } from "../openai/wire-text.js";
import { originOf, type Answer, type AnswerFacts, type Call, type JsonObject, type Origin, type Provider } from "./call.js";
import { DeadlineClock, withDeadlines } from "./with-deadlines.js";

/** A completion target with its vocabulary, and vectors. */
export interface LocalModel extends CompletionTarget {
  tokenize(
    text: TextRequest["prompt"],
    options?: { special?: boolean; begins?: boolean; signal?: AbortSignal },
  ): Promise<readonly number[]>;
  detokenize(tokens: readonly number[]): string;
  /** The name of the format the model calls tools in; "generic" where it was not trained to and is asked for JSON. */
  readonly toolFormat?: string;
  /** One vector of length 1 for every list of tokens. */
  embed(inputs: readonly (readonly number[])[], options?: { signal?: AbortSignal }): Promise<number[][]>;
}

/** The models of this process. */
export interface LocalModels {
  /** What tells their answers from others'; part of cache keys. */
  readonly identity: string;
  /** The version of the program: another one may answer otherwise. */
  readonly program?: string;
  /** The model a request's body means, until it is released. Throws MODEL_NOT_FOUND, and what loading it throws. */
  borrow(body: JsonObject, signal: AbortSignal): Promise<{ model: LocalModel; release: () => void }>;
}

/** How the chunks of one request become an answer. */
interface Encoding {
  head: AnswerHead;
  object: string;
  start: (signal: AbortSignal) => AsyncIterable<Chunk>;
  toChoice: (choice: Choice, index: number) => object;
  /** Members of a whole answer that are of no choice. */
  members?: (first: Choice) => object;
  events: (chunk: Exclude<Chunk, { type: "finish" }>) => object[];
}

/** The models of this process as a provider of OpenAI-shaped answers. */
export class LocalProvider implements Provider {
  readonly name: string;
  private readonly models: LocalModels;

  constructor(name: string, models: LocalModels) {
    this.name = name;
    this.models = models;
  }

  get identity(): string {
    return this.models.identity;
  }

  async answer(call: Call, signal: AbortSignal): Promise<Answer> {
    const begun = performance.now();
    const work = new LocalWork();
    if (call.spending) call.spending.sofar = () => ({ usage: work.computed });
    const { model, release } = await this.borrow(call, signal);
    try {
      // the time a model took to load is part of the request's
      const waited = performance.now() - begun;
      const deadlines = { ...call.deadlines, totalMs: Math.max(1, call.deadlines.totalMs - waited) };
      const answer = await new LocalAnswer(model, { provider: this.name, program: this.models.program, begun, work }).give(
        { ...call, deadlines },
        signal,
      );
      if (answer.kind === "stream") return { ...answer, events: feedOf((sink) => flowUntil(answer.events, sink, release)) };
      release();
      return answer;
    } catch (error) {
      release();
      throw error;
    }
  }

  async close(): Promise<void> {
    // whoever loaded the models closes them
  }

  private async borrow({ body, deadlines }: Call, outer: AbortSignal): ReturnType<LocalModels["borrow"]> {
    const clock = new DeadlineClock(deadlines, outer);
    try {
      return await this.models.borrow(body, clock.signal);
    } finally {
      clock.stop();
    }
  }
}

/** What a model computes for one call, which may be several completions: nothing before they start. */
class LocalWork {
  private readonly parts: (() => Usage)[] = [];

  readonly add = (computed: () => Usage): void => void this.parts.push(computed);

  get computed(): Usage {
    const usages = this.parts.map((computed) => computed());
    const sum = (count: (usage: Usage) => number) => usages.reduce((total, usage) => total + count(usage), 0);
    return {
      promptTokens: sum(({ promptTokens }) => promptTokens),
      completionTokens: sum(({ completionTokens }) => completionTokens),
      cachedTokens: sum(({ cachedTokens = 0 }) => cachedTokens),
    };
  }
}

interface LocalAnswerOptions {
  provider: string;
  program: string | undefined;
  begun: number;
  work: LocalWork;
}

/** One answer of one model. */
class LocalAnswer {
  private readonly model: LocalModel;
  private readonly provider: string;
  private readonly begun: number;
  private readonly work: LocalWork;
  private readonly program: string | undefined;
  private readonly relaxed = new Set<string>();
  /** Tools are offered to a model that knows none. */
  private isGeneric = false;

  constructor(model: LocalModel, { provider, program, begun, work }: LocalAnswerOptions) {
    this.model = model;
    this.provider = provider;
    this.begun = begun;
    this.work = work;
    this.program = program;
  }

  async give(call: Call, signal: AbortSignal): Promise<Answer> {
    if (call.path === "/v1/embeddings") return this.embed(call, signal);
    const encoding = call.path === "/v1/completions" ? this.encodeText(call) : this.encodeChat(call);
    const chunks = withDeadlines(encoding.start, call.deadlines, signal);
    if (!call.stream) {
      const completion = await collectChunks(chunks, this.model.location);
      const { usage, timing } = completion;
      return { kind: "whole", body: toBody(encoding, completion.choices, usage), usage, timing, origin: this.origin() };
    }
    const facts: AnswerFacts = { usage: undefined, timing: undefined };
    const events = await whenFlowing(toEvents(chunks, encoding, { facts, work: this.work }));
    return { kind: "stream", events, facts, origin: this.origin() };
  }

  private origin(): Origin {
    const origin = originOf(this.provider, performance.now() - this.begun);
    return {
      ...origin,
      own: true,
      ...(this.relaxed.size > 0 && { relaxed: [...this.relaxed] }),
      ...(this.isGeneric && { toolFormat: "generic" }),
    };
  }

  private readonly noteRelaxed: CompleteOptions["onRelaxed"] = (relaxed) => {
    for (const { pointer, keyword } of relaxed) this.relaxed.add(`${pointer}/${keyword}`);
  };

  private async embed({ body, deadlines }: Call, outer: AbortSignal): Promise<Answer> {
    const request = parseEmbeddingsRequest(body);
    const { model } = this;
    const inputs: (readonly number[])[] = [];
    for (const input of request.inputs) inputs.push(await model.tokenize(input, { special: true, signal: outer }));
    const empty = inputs.findIndex((tokens) => tokens.length === 0);
    if (empty !== -1) throw new LlmopsError("INVALID_ARGUMENT", "An input is empty.", { param: inputPlace(empty, inputs.length) });
    const clock = new DeadlineClock(deadlines, outer);
    try {
      const tokens = inputs.reduce((sum, input) => sum + input.length, 0);
      this.work.add(() => ({ promptTokens: tokens, completionTokens: 0 }));
      const vectors = await model.embed(inputs, { signal: clock.signal });
      const totalMs = performance.now() - this.begun;
      return {
        kind: "whole",
        body: toEmbeddingsBody(model.model, { vectors, tokens }, request),
        usage: { promptTokens: tokens, completionTokens: 0 },
        timing: { firstTokenMs: totalMs, totalMs },
        origin: this.origin(),
      };
    } finally {
      clock.stop();
    }
  }

  private encodeChat({ body, caller }: Call): Encoding {
    const { completion, echoed, form } = parseChatRequest(body);
    this.isGeneric = completion.tools !== undefined && completion.toolChoice !== "none" && this.model.toolFormat === "generic";
    const head = newHead("chatcmpl", this.model, this.program);
    const stream = new ChatStream(head, { echoed, form });
    return {
      head,
      object: "chat.completion",
      start: (signal) => this.model.complete(completion, { signal, caller, onStart: this.work.add, onRelaxed: this.noteRelaxed }),
      toChoice: (choice, index) => toWireChoice(choice, index, { echoed, form }),
      members: (first) => promptMembers(first, form),
      events: (chunk) => stream.events(chunk),
    };
  }

  private encodeText({ body, caller }: Call): Encoding {
    const parsed = parseTextRequest(body);
    const head = newHead("cmpl", this.model, this.program);
    const { best, form } = parsed;
    const choicesEach = best?.count ?? parsed.completions[0]?.choices ?? 1;
    const echoed = echoedPrompts(parsed, choicesEach, (tokens) => this.model.detokenize(tokens));
    const stream = new TextStream(head, { echoed, form });
    return {
      head,
      object: "text_completion",
      start: (signal) => {
        setMaxListeners(0, signal); // every prompt's completion listens, and stops listening when it ends
        return mergeCompletions(
          parsed.completions.map((completion) =>
            this.model.complete(completion, { signal, caller, onStart: this.work.add, onRelaxed: this.noteRelaxed }),
          ),
          { choicesEach, best },
        );
      },
      toChoice: (choice, index) => toWireTextChoice(choice, index, { echoed, form }),
      events: (chunk) => stream.events(chunk),
    };
  }
}

/** Ids of answers; the fingerprint begins with the build, as llama-server's does. */
function newHead(prefix: string, { model, identity = model }: LocalModel, program = "0"): AnswerHead {
  const fingerprint = `b${program}-${hash("sha256", JSON.stringify([program, identity])).slice(0, 16)}`;
  return { id: `${prefix}-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model, system_fingerprint: fingerprint };
}

function toBody({ head, object, toChoice, members }: Encoding, choices: readonly Choice[], usage: Usage): JsonObject {
  const { id, created, model, system_fingerprint } = head;
  const [first] = choices;
  const more = first && members?.(first);
  return { id, object, created, model, system_fingerprint, choices: choices.map(toChoice), usage: toWireUsage(usage), ...more };
}

function toEvents(
  chunks: AsyncIterable<Chunk>,
  { events }: Encoding,
  { facts, work }: { facts: AnswerFacts; work: LocalWork },
): Feed<JsonObject> {
  return feedOf((sink) =>
    flow(chunks, {
      take: (chunk) => {
        if (chunk.type === "finish") return void Object.assign(facts, { usage: chunk.usage, timing: chunk.timing });
        facts.begun ??= work.computed;
        return takeAll(sink, events(chunk) as JsonObject[]);
      },
      end: () => sink.end(),
      fail: (thrown) => sink.fail(thrown),
    }),
  );
}
