import { setTimeout as sleep } from "node:timers/promises";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { originOf, type Answer, type Call, type JsonObject, type Provider } from "../gateway/call.js";
import { toCacheKey } from "../gateway/cache/cache-key.js";
import type { RecordedCall } from "./cassette-file.js";

/** Answers calls as they were answered when they were recorded; the same call several times gets its answers in their order, then again. */
export class ReplayProvider implements Provider {
  readonly name = "recording";
  readonly identity: string;
  private readonly calls = new Map<string, RecordedCall[]>();
  private readonly turns = new Map<string, number>();
  private readonly atOnce: boolean;

  /** `atOnce` leaves out the waiting. */
  constructor(path: string, recorded: readonly RecordedCall[], { atOnce }: { atOnce: boolean }) {
    this.identity = `recording:${path}`;
    this.atOnce = atOnce;
    for (const call of recorded) {
      const { method, path: route, query = "", body } = call.request;
      const key = toKey({ method, path: route, query, body, stream: body["stream"] === true });
      this.calls.set(key, [...(this.calls.get(key) ?? []), call]);
    }
  }

  /** Throws NOT_RECORDED. */
  async answer(call: Call, signal: AbortSignal): Promise<Answer> {
    const begun = performance.now();
    const { response } = this.next(call);
    const { body, events = [], total_ms: totalMs, usage } = response;
    const facts = { usage: usage ? { ...usage, cachedTokens: usage.cachedTokens ?? 0 } : undefined };
    const wait = (ms: number) => this.waitUntil(begun + ms, signal);
    if (body) {
      await wait(totalMs);
      return {
        kind: "whole",
        body,
        ...facts,
        timing: { firstTokenMs: totalMs, totalMs },
        origin: originOf(this.name, performance.now() - begun),
      };
    }
    const firstTokenMs = events[0]?.[0] ?? 0;
    await wait(firstTokenMs);
    const replay = async function* (): AsyncGenerator<JsonObject> {
      for (const [ms, event] of events) {
        await wait(ms);
        yield event;
      }
    };
    const origin = originOf(this.name, performance.now() - begun);
    return { kind: "stream", events: replay(), facts: { ...facts, timing: { firstTokenMs, totalMs } }, origin };
  }

  async close(): Promise<void> {
    this.calls.clear();
  }

  private next(call: Call): RecordedCall {
    const key = toKey(call);
    const found = this.calls.get(key);
    if (!found) {
      throw new LlmopsError("NOT_RECORDED", `The recording has no answer to this ${call.method} ${call.path}.`, {
        hint: "Requests are matched by path and whole body. Record it with `llmops serve --record FILE`.",
      });
    }
    const turn = this.turns.get(key) ?? 0;
    this.turns.set(key, turn + 1);
    return found[turn % found.length] as RecordedCall;
  }

  private async waitUntil(time: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const ms = time - performance.now();
    if (!this.atOnce && ms > 1) await sleep(ms, undefined, { signal });
  }
}

function toKey(call: Pick<Call, "method" | "path" | "body" | "stream"> & { query?: string }): string {
  const { method, path, body, stream, query = "" } = call;
  const beside = { includeUsage: false, requestId: "", deadlines: { totalMs: 0, firstTokenMs: undefined, stallMs: undefined } };
  return toCacheKey({ method, path, body, stream, query, ...beside }, "");
}
