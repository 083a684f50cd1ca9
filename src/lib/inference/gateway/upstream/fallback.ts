import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { Usage } from "../../openai/completion.js";
import type { Answer, Call, JsonObject, Provider, StreamedAnswer } from "../call.js";
import { ProviderFault } from "../provider-fault.js";
import { mayGoOn, type Loss } from "../spending.js";
import { PartialAnswer } from "./continuation.js";

export interface FallbackOptions {
  onFault?: (fault: ProviderFault) => void;
  /** A stream broke and another provider went on with it. */
  onRescue?: (from: string, to: string) => void;
}

/** A provider in its place of the order. */
export interface Link {
  provider: Provider;
  /** Providers of one model may continue with each other's answers; undefined where it is not known which model answers. */
  model: string | undefined;
  /** Asked before the client's own deadlines are over. */
  firstTokenMs?: number | undefined;
  stallMs?: number | undefined;
}

/** Providers in order: each is asked when those before it failed, also in the middle of an answer. */
export class Fallback implements Provider {
  readonly name = "fallback";
  private readonly links: readonly Link[];
  private readonly options: FallbackOptions;

  constructor(links: readonly Link[], options: FallbackOptions = {}) {
    this.links = links;
    this.options = options;
  }

  get identity(): string {
    return this.links.map(({ provider }) => provider.identity).join(" | ");
  }

  async answer(call: Call, signal: AbortSignal): Promise<Answer> {
    const begun = performance.now();
    const end = begun + call.deadlines.totalMs;
    const failed: string[] = [];
    for (const [i, link] of this.links.entries()) {
      try {
        const answer = await link.provider.answer(remaining(call, link, end), signal);
        // those that failed were waited for too
        const origin = { ...answer.origin, failed, waitedMs: performance.now() - begun };
        if (answer.kind === "whole") return { ...answer, origin };
        return { ...answer, origin, events: this.rescued(call, { ...answer, origin }, { at: i, end, signal }) };
      } catch (error) {
        if (error instanceof ProviderFault) this.options.onFault?.(error);
        const isLast = i === this.links.length - 1 || performance.now() >= end;
        if (isLast || !mayPass(error) || !(await mayGoOn(call))) throw error;
        failed.push(link.provider.name);
      }
    }
    throw new LlmopsError("INTERNAL", "No provider is configured.");
  }

  async close(): Promise<void> {
    await Promise.all(this.links.map(({ provider }) => provider.close()));
  }

  /** The events of an answer; where its stream breaks, those of another provider that goes on from there. */
  private async *rescued(
    call: Call,
    answer: StreamedAnswer,
    { at, end, signal }: { at: number; end: number; signal: AbortSignal },
  ): AsyncGenerator<JsonObject> {
    const partial = new PartialAnswer(call);
    try {
      for await (const event of answer.events) {
        partial.note(event);
        yield event;
      }
      return;
    } catch (error) {
      if (!(error instanceof ProviderFault)) throw error;
      this.options.onFault?.(error);
      const rescue = await this.goOn(partial, { at, end, signal, usage: answer.facts.usage });
      if (!rescue) throw error;
      this.options.onRescue?.(answer.origin.provider, rescue.origin.provider);
      for await (const event of rescue.events) {
        const adopted = partial.adopt(event);
        if (adopted) yield adopted;
      }
      Object.assign(answer.facts, partial.withRest(rescue.facts), rescue.facts.unkept === true && { unkept: true });
    }
  }

  /** The rest of a broken answer from a provider of the same model: those after it in the order, then itself again. */
  private async goOn(
    partial: PartialAnswer,
    { at, end, signal, usage }: { at: number; end: number; signal: AbortSignal; usage: Usage | undefined },
  ): Promise<StreamedAnswer | undefined> {
    const call = partial.continuation;
    if (!call) return undefined;
    const own = this.links[at];
    if (own?.model === undefined) return undefined;
    const broken: Loss = { usage, tally: partial.tally };
    const others = [...this.links.slice(at + 1), own].filter(({ model }) => model === own.model);
    let lost: Loss | undefined = broken;
    for (const link of others) {
      if (performance.now() >= end || signal.aborted || !(await mayGoOn(call, lost))) break;
      lost = undefined;
      const answer = await this.tryRest(link, remaining(call, link, end), signal);
      if (answer) return answer;
    }
    call.spending?.noteNoRescue(broken);
    signal.throwIfAborted();
    return undefined;
  }

  private async tryRest({ provider }: Link, call: Call, signal: AbortSignal): Promise<StreamedAnswer | undefined> {
    try {
      const answer = await provider.answer(call, signal);
      return answer.kind === "stream" ? answer : undefined;
    } catch (error) {
      if (error instanceof ProviderFault) this.options.onFault?.(error);
      return undefined;
    }
  }
}

/** The call with what is left of its time, and the provider's own limits where the client has none. */
function remaining(call: Call, { firstTokenMs, stallMs }: Link, end: number): Call {
  const { deadlines } = call;
  return {
    ...call,
    deadlines: {
      totalMs: Math.max(1, end - performance.now()),
      firstTokenMs: deadlines.firstTokenMs ?? firstTokenMs,
      stallMs: deadlines.stallMs ?? stallMs,
    },
  };
}

function mayPass(error: unknown): boolean {
  return error instanceof ProviderFault || isBusy(error);
}

/** The local model's own troubles that a fallback helps with; also that it was too slow to begin, while there is time left. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof LlmopsError)) return false;
  if (error.code === "REQUEST_TIMEOUT") return error.param === "first_token_timeout";
  return ["QUEUE_FULL", "OUT_OF_MEMORY", "MODEL_LOADING", "SHUTTING_DOWN"].includes(error.code);
}
