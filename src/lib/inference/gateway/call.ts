import type { Timing, Usage } from "../openai/completion.js";
import type { Deadlines } from "../openai/deadlines.js";
import type { JsonObject } from "../openai/json-object.js";
import type { Spending } from "./spending.js";

export type { JsonObject };

/** Paths whose members are known here, and whose answers are the same for the same question; others are routes that are only passed on. */
const MODEL_PATHS: readonly string[] = ["/v1/chat/completions", "/v1/completions", "/v1/embeddings"];

/** True for the paths of OpenAI's that this gateway understands. */
export function isModelPath(path: string): boolean {
  return MODEL_PATHS.includes(path);
}

/** A request to a model as it came over HTTP: the path tells its kind, the body is OpenAI's JSON with whatever the client added. */
export interface Call {
  /** "/v1/chat/completions", "/v1/completions", "/v1/embeddings", or a route that is only passed on. */
  path: string;
  method: "GET" | "POST";
  body: JsonObject;
  /** Of a route that is only passed on: "?k=v" or nothing. */
  query?: string;
  stream: boolean;
  /** The client wants the token counts of a stream as an event of its own. */
  includeUsage: boolean;
  requestId: string;
  deadlines: Deadlines;
  /** Whom a kept answer is for, beside what is asked: answers are not exchanged between calls that differ in it. */
  audience?: readonly string[];
  /** Who asks: the models of this process are shared out fairly between callers. */
  caller?: string;
  /** Where providers say what they compute beside the answer. */
  spending?: Spending;
  /** Of a route that is only passed on: what an upstream is told beside. */
  headers?: Readonly<Record<string, string>>;
}

/** What is known of an answer beside what the client gets. */
export interface AnswerFacts {
  /** Undefined where the provider does not say. */
  usage: Usage | undefined;
  timing: Timing | undefined;
  /** Of a stream whose model runs in this process: the tokens of its prompt, once it has begun. */
  begun?: Usage;
  /** Whoever answered forbids keeping it. */
  unkept?: boolean;
}

/** An answer that is there at once. */
export interface WholeAnswer extends AnswerFacts {
  kind: "whole";
  body: JsonObject;
  origin: Origin;
}

/**
 * An answer that comes in events of OpenAI's shape, the first of which is there. Facts are complete once the events have ended;
 * an event with token counts and no choices is not among the events.
 */
export interface StreamedAnswer {
  kind: "stream";
  events: AsyncIterable<JsonObject>;
  facts: AnswerFacts;
  origin: Origin;
}

export type Answer = WholeAnswer | StreamedAnswer;

/** Where an answer came from. */
export interface Origin {
  provider: string;
  /** Providers that were asked before and failed. */
  failed: readonly string[];
  cache: CacheState;
  /** Why the cache was passed by, where there is one. */
  bypass?: string;
  /** Seconds since the answer was kept. */
  ageSeconds?: number;
  /** Milliseconds spent waiting for the provider before the answer began. */
  waitedMs: number;
  /** Keywords of the request's JSON schema that the answer was not held to, each with its place in the schema (RFC 6901). */
  relaxed?: readonly string[];
  /** A model of this process answered: what it does not know of the body changed nothing. */
  own?: true;
  /** The format tools were offered in, where it is not the model's own. */
  toolFormat?: string;
}

/** hit: kept earlier; shared: with an identical request that was under way; bypass: not one that may be kept. */
export type CacheState = "hit" | "miss" | "shared" | "bypass";

/** What answers calls: the model in this process, an upstream, several of them with a fallback, a recording. */
export interface Provider {
  readonly name: string;
  /** What tells its answers from those of another: part of cache keys. */
  readonly identity: string;
  /**
   * Begins to answer: resolves with a whole answer or once the first event of a stream is there. Throws ProviderFault where another
   * provider, or another attempt, may do better, and LlmopsError for what is the client's fault.
   */
  answer(call: Call, signal: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
}

/** The origin of an answer of one provider that was asked alone. */
export function originOf(provider: string, waitedMs: number): Origin {
  return { provider, failed: [], cache: "bypass", waitedMs };
}
