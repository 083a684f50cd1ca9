import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { choicesOf, readFinish } from "../../openai/answer-check.js";
import type { Usage } from "../../openai/completion.js";
import type { Answer, Call, JsonObject, Provider } from "../call.js";
import { isDeterministic, toCacheKey } from "./cache-key.js";
import type { CacheDirectives } from "./cache-control.js";
import type { CacheEntry, CacheStore, CacheUsage } from "./cache-store.js";
import type { Fare } from "../fare.js";
import { Spending } from "../spending.js";
import { Flight } from "./flight.js";

/** What such a request says, and what would have its answer kept. */
const WHY_BYPASSED = "the answer is drawn anew each time; temperature 0, a seed, or serve --cache-all has it kept";

export interface CacheOptions {
  /** Also keep answers that would be others next time. */
  nondeterministic: boolean;
  /** Paths that are kept whatever their body is. */
  routes: readonly string[];
}

/** What the cache has done so far, and what that saved. */
export interface CacheCounts {
  hits: number;
  misses: number;
  shared: number;
  savedPromptTokens: number;
  savedCompletionTokens: number;
}

/** How one request asks, and what it then has to pay for. */
export interface Asking {
  directives: CacheDirectives;
  fare: Fare;
}

/** A provider's own answer, which is paid for. Throws the signal's reason, or what the provider throws. */
export async function askFor(fare: Fare, provider: Provider, call: Call, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  fare.pays = true;
  const spending = (fare.spending = new Spending(fare.book));
  const answer = await provider.answer({ ...call, spending }, signal);
  fare.answer = answer;
  return answer;
}

/** Answers from what was answered before, where that has to be the same; identical calls under way share one answer. */
export class ResponseCache {
  readonly store: CacheStore;
  readonly counts: CacheCounts = { hits: 0, misses: 0, shared: 0, savedPromptTokens: 0, savedCompletionTokens: 0 };
  private readonly options: CacheOptions;
  private readonly flights = new Map<string, Flight>();

  constructor(store: CacheStore, options: CacheOptions) {
    this.store = store;
    this.options = options;
  }

  /**
   * The answer of a provider, or one that was kept; `fare` learns what of it is to be paid for, and a signal is made only where there is
   * something to wait for. Throws what the provider throws; CACHE_MISS where only a kept one was wanted.
   */
  async answer(provider: Provider, call: Call, { directives, fare }: Asking, signalOf: () => AbortSignal): Promise<Answer> {
    if (!this.mayKeep(call)) {
      if (directives.onlyCached) throw notCached();
      const answer = await askFor(fare, provider, call, signalOf());
      return { ...answer, origin: { ...answer.origin, bypass: WHY_BYPASSED } };
    }
    const key = toCacheKey(call, provider.identity);
    const kept = directives.noRead ? undefined : await this.find(key, directives);
    if (kept) return this.count("hits", replay(kept), kept.usage);
    if (directives.onlyCached) throw notCached();
    const signal = signalOf();
    signal.throwIfAborted();
    if (directives.noRead) return this.fetch(provider, call, { key, directives, fare }, signal);
    const flightKey = `${key} ${JSON.stringify(call.deadlines)}`;
    const flight = this.flights.get(flightKey);
    if (flight) {
      const answer = await flight.join(signal, fare);
      return this.count("shared", withState(answer, "shared"), answer.kind === "whole" ? answer.usage : answer.facts.usage);
    }
    return this.fetch(provider, call, { key, directives, fare, flightKey }, signal);
  }

  async usage(): Promise<CacheUsage> {
    return this.store.usage();
  }

  private mayKeep(call: Call): boolean {
    return this.options.nondeterministic || this.options.routes.includes(call.path) || isDeterministic(call);
  }

  private async find(key: string, { maxAgeSeconds = Infinity }: CacheDirectives): Promise<CacheEntry | undefined> {
    const entry = await this.store.get(key);
    return entry && ageOf(entry) <= maxAgeSeconds ? entry : undefined;
  }

  private async fetch(
    provider: Provider,
    call: Call,
    { key, directives, fare, flightKey }: Asking & { key: string; flightKey?: string },
    signal: AbortSignal,
  ): Promise<Answer> {
    this.counts.misses++;
    fare.pays = true;
    const keep = (answer: Answer, content: Pick<CacheEntry, "body" | "events">) => {
      // a filter may judge otherwise next time, and what it withheld is not an answer
      if ((content.events ?? [content.body ?? {}]).some(isWithheld)) return;
      const { usage = null, unkept = false } = answer.kind === "whole" ? answer : answer.facts;
      if (unkept) return;
      const { provider: from, relaxed, own } = answer.origin;
      const origin = { provider: from, ...(own && { own }), ...(relaxed && { relaxed }) };
      if (!directives.noWrite) void this.store.set(key, { keptAt: Date.now(), usage, ...content, ...origin });
    };
    const flight = new Flight(
      (own, spending) => provider.answer({ ...call, spending }, own),
      (answer, events) => {
        if (answer.kind === "stream") keep(answer, { events });
        else if (!isError(answer.body)) keep(answer, { body: answer.body });
      },
    );
    if (flightKey !== undefined) this.board(flightKey, flight);
    return withState(await flight.join(signal, fare), "miss");
  }

  private board(key: string, flight: Flight): void {
    this.flights.set(key, flight);
    const land = () => {
      if (this.flights.get(key) === flight) this.flights.delete(key);
    };
    flight.landed.then(land, land);
    flight.signal.addEventListener("abort", land, { once: true });
  }

  private count(kind: "hits" | "shared", answer: Answer, usage: Usage | undefined | null): Answer {
    this.counts[kind]++;
    this.counts.savedPromptTokens += usage?.promptTokens ?? 0;
    this.counts.savedCompletionTokens += usage?.completionTokens ?? 0;
    return answer;
  }
}

/** An error with a status of success, in the usual shapes: an answer of this moment, whoever gives it. */
function isError({ error, errors, success, ok, status }: JsonObject): boolean {
  const isThere = (value: unknown) => value !== undefined && value !== null && value !== false && value !== "";
  const some = Array.isArray(errors) ? errors.length > 0 : isThere(errors);
  const isFailure = typeof status === "string" && /^(error|fail(ed|ure)?)$/i.test(status);
  return isThere(error) || some || success === false || ok === false || isFailure;
}

/** True also for what its server gave up. */
function isWithheld(body: JsonObject): boolean {
  try {
    return choicesOf(body).some((choice) => readFinish(choice) === "content_filter");
  } catch {
    return true;
  }
}

function notCached(): LlmopsError {
  return new LlmopsError("CACHE_MISS", "This answer is not in the cache, and only a kept one was wanted (only-if-cached).");
}

function ageOf({ keptAt }: CacheEntry): number {
  return Math.max(0, (Date.now() - keptAt) / 1000);
}

function withState(answer: Answer, cache: "miss" | "shared"): Answer {
  return { ...answer, origin: { ...answer.origin, cache } };
}

function replay(entry: CacheEntry): Answer {
  const facts = { usage: entry.usage ?? undefined, timing: undefined };
  const { provider, own, relaxed, body, events = [] } = entry;
  const found = { provider, failed: [], cache: "hit" as const, ageSeconds: Math.floor(ageOf(entry)), waitedMs: 0 };
  const origin = { ...found, ...(own && { own }), ...(relaxed && { relaxed }) };
  return body ? { kind: "whole", body, ...facts, origin } : { kind: "stream", events: emit(events), facts, origin };
}

async function* emit(events: readonly JsonObject[]): AsyncGenerator<JsonObject> {
  yield* events;
}
