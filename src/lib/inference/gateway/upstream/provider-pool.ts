import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, Call, JsonObject, Provider, StreamedAnswer } from "../call.js";
import { ProviderFault } from "../provider-fault.js";
import { mayGoOn } from "../spending.js";
import { Breaker, DEFAULT_BREAKER, type BreakerOptions, type BreakerState } from "./breaker.js";

/** A provider that counts its answers under way. */
export interface PoolMember extends Provider {
  readonly outstanding: number;
  /** Where it is: members of one pool have the same name. */
  readonly location: string;
}

export interface PoolOptions {
  /** Further attempts after a fault, at another member where there is one. */
  retries: number;
  breaker?: BreakerOptions;
  onBreaker?: (location: string, state: BreakerState) => void;
  onRetry?: (fault: ProviderFault) => void;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

/** Providers of one name that are as good as each other: each call goes to the one with the fewest answers under way. */
export class ProviderPool implements Provider {
  readonly name: string;
  readonly identity: string;
  private readonly members: readonly { provider: PoolMember; breaker: Breaker }[];
  private readonly options: PoolOptions;

  constructor(providers: readonly PoolMember[], options: PoolOptions) {
    this.name = providers[0]?.name ?? "";
    this.identity = providers.map(({ identity }) => identity).join(" ");
    this.options = options;
    const { breaker = DEFAULT_BREAKER, onBreaker } = options;
    this.members = providers.map((provider) => ({
      provider,
      breaker: new Breaker(this.name, breaker, (state) => onBreaker?.(provider.location, state)),
    }));
  }

  /** True while every member is left alone. */
  get isOut(): boolean {
    return this.members.every(({ breaker }) => breaker.state === "open");
  }

  /** Retries have full jitter, wait as long as Retry-After asks, and end with the call's deadline. */
  async answer(call: Call, signal: AbortSignal): Promise<Answer> {
    const end = performance.now() + call.deadlines.totalMs;
    const tried = new Set<PoolMember>();
    for (let attempt = 0; ; attempt++) {
      const member = this.choose(tried);
      tried.add(member.provider);
      const remaining = { ...call, deadlines: { ...call.deadlines, totalMs: Math.max(1, end - performance.now()) } };
      try {
        return watch(await member.breaker.run(() => member.provider.answer(remaining, signal)), member.breaker);
      } catch (fault) {
        const othersLeft = tried.size < this.members.length;
        if (!(fault instanceof ProviderFault) || attempt >= this.options.retries || !mayPass(fault, othersLeft)) throw fault;
        const pauseMs = othersLeft ? 0 : pauseBefore(attempt, fault);
        if (performance.now() + pauseMs >= end || !(await mayGoOn(call))) throw fault;
        this.options.onRetry?.(fault);
        if (pauseMs > 0) await sleep(pauseMs, undefined, { signal });
      }
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map(({ provider }) => provider.close()));
  }

  /** The least busy member, rather one that was not tried and whose breaker is not open. */
  private choose(tried: ReadonlySet<PoolMember>): { provider: PoolMember; breaker: Breaker } {
    const burden = ({ provider, breaker }: { provider: PoolMember; breaker: Breaker }) =>
      provider.outstanding + (tried.has(provider) ? 1e6 : 0) + (breaker.state === "open" ? 1e9 : 0);
    return this.members.reduce((best, member) => (burden(member) < burden(best) ? member : best));
  }
}

/** Wrong credentials and an open breaker stay as they are for a while; another member may not have them. */
function mayPass({ kind }: ProviderFault, othersLeft: boolean): boolean {
  return othersLeft || (kind !== "credentials" && kind !== "open_breaker" && kind !== "garbage");
}

function pauseBefore(attempt: number, { retryAfterSeconds }: ProviderFault): number {
  if (retryAfterSeconds !== undefined) return Math.min(LONGEST_PAUSE_MS, retryAfterSeconds * 1000);
  return Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
}

/** A stream that breaks counts against its provider too. */
function watch(answer: Answer, breaker: Breaker): Answer {
  return answer.kind === "whole" ? answer : { ...answer, events: noteFaults(answer, breaker) };
}

async function* noteFaults({ events }: StreamedAnswer, breaker: Breaker): AsyncGenerator<JsonObject> {
  try {
    yield* events;
  } catch (error) {
    if (error instanceof ProviderFault) breaker.note(error);
    throw error;
  }
}
