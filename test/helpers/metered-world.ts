import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { Access } from "../../src/lib/serving/access/access.js";
import { ApiKeys } from "../../src/lib/serving/access/api-keys.js";
import type { Ledger } from "../../src/lib/serving/access/ledger.js";
import { parseLimit } from "../../src/lib/serving/access/limit.js";
import { MemoryStore } from "../../src/lib/inference/gateway/cache/memory-store.js";
import { ResponseCache } from "../../src/lib/inference/gateway/cache/response-cache.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { promptBound } from "../../src/lib/serving/server/call-bounds.js";
import type { Service } from "../../src/lib/serving/server/service.js";
import { Books } from "./books.js";
import { chatAnswer, chatEvent, fakeUpstream, sendJson, type SeenRequest } from "./fake-upstream.js";
import { chatCall, gatewayServer } from "./gateway-server.js";

export const BUDGET = 600;
export const KEYS = ["one", "two"] as const;
const PLACES = 4;
const PROMPT_TOKENS = 5;
/** A token is three bytes, so that counting by pieces finds as many. */
const PIECE = "ab ";

export const ENDINGS = ["counted", "uncounted", "refused", "broken"] as const;

export interface Question {
  /** Which of a few questions: those that are alike share answers. */
  question: number;
  /** What is not deterministic is not kept. */
  kept: boolean;
  stream: boolean;
  mostTokens: number;
  ending: (typeof ENDINGS)[number];
}

/** A computation of the upstream, and what of it has been sent. */
interface Computation {
  asked: SeenRequest;
  response: ServerResponse;
  delivered: number;
  isOver: boolean;
  /** The gateway went away before it was over. */
  isGivenUp: boolean;
  /** What had been delivered when a client first went away. */
  hadAtAbort: number | undefined;
}

interface Asked {
  body: string;
  /** The most it can cost. */
  bound: number;
  isKept: boolean;
  controller: AbortController;
  over: boolean;
  isAnswered: boolean;
  status: Promise<{ status: number; text: string }>;
}

/** Gateways with a budget for each key before one upstream that computes when it is told and knows what it has computed. */
export class MeteredWorld {
  readonly books: Books[] = [];
  private readonly servers: { url: string; service: Service }[] = [];
  private computations: Computation[] = [];
  private asked: Asked[] = [];
  private sequence = 0;
  /** The most that requests cost which were given up before the upstream had them: the gateway cannot know that it never did. */
  private unseen = 0;

  static async create(count: number): Promise<MeteredWorld> {
    const world = new MeteredWorld();
    const up = await fakeUpstream((asked, response) => world.begin(asked, response));
    for (let i = 0; i < count; i++) {
      const books = new Books();
      const access = new Access({ ledger: books, limits: [parseLimit(`${BUDGET}tokens/day`)], maxParallel: PLACES });
      const provider = new ProviderPool([new UpstreamProvider({ name: "up", url: up.url })], {
        retries: 0,
        breaker: { faults: 1e9, openMs: 1 },
      });
      const cache = new ResponseCache(new MemoryStore({ ttlSeconds: 1e6, maxItems: 1e5, maxBytes: 1e8 }), {
        nondeterministic: false,
        routes: [],
      });
      const keys = new ApiKeys({ keys: { infer: [...KEYS] } });
      world.servers.push(await gatewayServer({ provider, cache, access, keys }));
      world.books.push(books);
    }
    return world;
  }

  /** Begins anew with empty books. */
  reset(ledgers: readonly Ledger[]): void {
    this.sequence++;
    this.computations = [];
    this.asked = [];
    this.unseen = 0;
    for (const [i, books] of this.books.entries()) {
      books.ledger = ledgers[i];
      books.buckets.clear();
    }
  }

  /** Asks without waiting for the answer. */
  ask(server: number, key: string, question: Question): Asked {
    const controller = new AbortController();
    const body = this.bodyOf(question);
    const status = this.post(server, key, body, controller.signal);
    const bound = promptBound(chatCall(body)) + question.mostTokens;
    const asked: Asked = { body: textOf(body), bound, isKept: question.kept, controller, over: false, isAnswered: false, status };
    void status.then((got) => Object.assign(asked, { over: true, isAnswered: got.status === 200 }));
    this.asked.push(asked);
    return asked;
  }

  abort(index: number): void {
    const running = this.asked.filter(({ over }) => !over);
    const chosen = running[index % Math.max(1, running.length)];
    if (chosen) this.abortOne(chosen);
  }

  abortOne(chosen: Asked): void {
    if (chosen.over) return;
    const same = this.computations.filter(({ asked }) => textOf(asked.body) === chosen.body);
    for (const one of same) one.hadAtAbort ??= one.delivered;
    if (chosen.isKept && same.every(({ isOver }) => isOver)) this.unseen += chosen.bound;
    chosen.controller.abort();
  }

  /** The upstream computes one token more of a stream, or the rest of what it was asked first. */
  step(index: number, whole: boolean): void {
    const open = this.computations.filter(({ isOver }) => !isOver);
    const chosen = open[index % Math.max(1, open.length)];
    if (!chosen) return;
    if (whole) this.complete(chosen);
    else this.computeOne(chosen);
  }

  /** Lets everything end. */
  async quiet(): Promise<void> {
    for (let round = 0; ; round++) {
      for (const one of this.computations) if (!one.isOver) this.complete(one);
      const isQuiet = this.asked.every(({ over }) => over) && this.servers.every(({ service }) => service.callMetrics.underWay === 0);
      if (isQuiet && this.computations.every(({ isOver }) => isOver)) return;
      if (round > 5000) throw new Error("something is under way for ever");
      await sleep(1);
    }
  }

  /** Nothing delivered is unpaid, nothing is paid that cannot have been computed, and no bucket is odd or above its limit. */
  async check(): Promise<void> {
    const used = await this.used();
    for (const one of used) expect(one).toSatisfy((value: number) => value >= 0 && value <= BUDGET + 1e-6);
    const total = used.reduce((sum, one) => sum + one, 0);
    expect(total).toBeGreaterThanOrEqual(this.sum((one) => this.leastOf(one)));
    expect(total).toBeLessThanOrEqual(this.sum((one) => this.mostOf(one)) + this.unseen + this.unseenAlone);
  }

  /** All places are free, and what fits is answered while what does not fit is not. */
  async probe(): Promise<void> {
    for (const key of KEYS) {
      const [books] = this.books as [Books];
      const before = this.asked.length;
      const probe: Question = { question: 99, kept: false, stream: false, mostTokens: 1, ending: "counted" };
      const answers = Array.from({ length: PLACES }, () => this.ask(0, key, probe));
      await this.quiet();
      const got = await Promise.all(answers.map(({ status }) => status));
      expect(got.some(({ text }) => text.includes("concurrent requests"))).toBe(false);
      const worst = promptBound(chatCall(this.bodyOf(probe))) + 1;
      expect(books.buckets.size).toBeGreaterThan(0);
      if (got.some(({ status }) => status !== 200)) {
        const left = got.map(({ text }) => Number(/has (\d+) tokens left/.exec(text)?.[1] ?? 0));
        expect(Math.max(...left)).toBeLessThan(worst);
      }
      expect(this.asked).toHaveLength(before + PLACES);
    }
  }

  /** The servers count in one place. */
  sharesBooks = false;

  private async used(): Promise<number[]> {
    if (!this.sharesBooks) return (await Promise.all(this.books.map((books) => books.used()))).flat();
    const buckets = new Map(this.books.flatMap((books) => [...books.buckets]));
    return (this.books[0] as Books).used([...buckets.values()]);
  }

  private sum(of: (one: Computation) => number): number {
    return this.computations.reduce((sum, one) => sum + of(one), 0);
  }

  /** Of a whole answer that was given up all may have been computed; of a stream at least what came before its client went away. */
  private leastOf(one: Computation): number {
    const { asked, delivered, isGivenUp, hadAtAbort } = one;
    if (isGivenUp && asked.body["stream"] !== true) return boundOf(asked);
    return this.isSure(one) ? delivered : Math.min(delivered, hadAtAbort ?? delivered);
  }

  /** Exactly what was delivered, once, where that was counted and a client has it; where all went away it may be all that was reserved. */
  private mostOf(one: Computation): number {
    const ending = endingOf(one.asked);
    if (!this.isSure(one) || ending === "broken" || ending === "uncounted") return boundOf(one.asked);
    return ending === "refused" ? 0 : one.delivered;
  }

  /** A client that stayed has the answer. */
  private isSure({ asked, isGivenUp }: Computation): boolean {
    const same = this.asked.filter(({ body }) => body === textOf(asked.body));
    const wasAborted = same.some(({ controller }) => controller.signal.aborted);
    return !isGivenUp && (!wasAborted || (this.computationsOf(textOf(asked.body)) === 1 && same.some(({ isAnswered }) => isAnswered)));
  }

  /** The same for requests that share no answers. */
  private get unseenAlone(): number {
    const bodies = new Map(this.asked.filter(({ isKept }) => !isKept).map((one) => [one.body, one]));
    return [...bodies.values()].reduce((sum, { body, bound }) => {
      const same = this.asked.filter((one) => one.body === body);
      const aborted = same.filter(({ controller }) => controller.signal.aborted).length;
      return sum + bound * Math.min(aborted, same.length - this.computationsOf(body));
    }, 0);
  }

  private computationsOf(body: string): number {
    return this.computations.filter(({ asked }) => textOf(asked.body) === body).length;
  }

  private bodyOf({ question, kept, stream, mostTokens, ending }: Question): Record<string, unknown> {
    const content = `${this.sequence}/${question} ${ending}`;
    return { model: "m", messages: [{ role: "user", content }], temperature: kept ? 0 : 1, stream, max_tokens: mostTokens };
  }

  private async post(server: number, key: string, body: object, signal: AbortSignal): Promise<{ status: number; text: string }> {
    const { url } = this.servers[server % this.servers.length] as { url: string };
    const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
    try {
      const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body: JSON.stringify(body), signal });
      return { status: response.status, text: await response.text() };
    } catch {
      return { status: 0, text: "" };
    }
  }

  private begin(asked: SeenRequest, response: ServerResponse): void {
    const one: Computation = { asked, response, delivered: 0, isOver: false, isGivenUp: false, hadAtAbort: undefined };
    response.once("close", () => {
      one.isGivenUp = !one.isOver;
      one.isOver = true;
    });
    this.computations.push(one);
    if (asked.body["stream"] !== true || endingOf(asked) === "refused") return;
    response.writeHead(200, { "content-type": "text/event-stream" });
    this.computeOne(one);
  }

  /** One token of a stream; of what is not streamed nothing is sent before the end. */
  private computeOne(one: Computation): boolean {
    const { asked, response } = one;
    const tokens = one.delivered === 0 ? 0 : one.delivered - PROMPT_TOKENS;
    if (asked.body["stream"] !== true || endingOf(asked) === "refused" || tokens >= (asked.body["max_tokens"] as number)) return false;
    send(response, chatEvent({ content: PIECE }));
    one.delivered = PROMPT_TOKENS + tokens + 1;
    return true;
  }

  private complete(one: Computation): void {
    const { asked, response } = one;
    const ending = endingOf(asked);
    one.isOver = true;
    if (ending === "refused") return sendJson(response, { error: { message: "engine died" } }, 500);
    const most = asked.body["max_tokens"] as number;
    const usage = { prompt_tokens: PROMPT_TOKENS, completion_tokens: most, total_tokens: PROMPT_TOKENS + most };
    if (asked.body["stream"] !== true) {
      if (ending === "broken") return void response.destroy();
      one.delivered = PROMPT_TOKENS + most;
      return sendJson(response, chatAnswer(PIECE.repeat(most), { usage: ending === "counted" ? usage : undefined }));
    }
    if (ending === "broken") return void response.destroy();
    while (this.computeOne(one));
    send(response, chatEvent({}, "stop"));
    if (ending === "counted") send(response, { ...chatEvent({}), choices: [], usage });
    response.end("data: [DONE]\n\n");
  }
}

function send(response: ServerResponse, event: object): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}

/** The same for what a client asked and what its upstream was asked. */
function textOf({ messages, temperature, stream, max_tokens: most }: Record<string, unknown>): string {
  return JSON.stringify([messages, temperature, stream, most]);
}

function boundOf({ body }: SeenRequest): number {
  return promptBound(chatCall(body)) + (body["max_tokens"] as number);
}

function endingOf({ body }: SeenRequest): string {
  const [message] = body["messages"] as { content: string }[];
  return message?.content.split(" ")[1] ?? "";
}
