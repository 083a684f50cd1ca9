import type { FastifyReply, FastifyRequest } from "fastify";
import { parseCacheControl } from "../../inference/gateway/cache/cache-control.js";
import { askFor, type Asking } from "../../inference/gateway/cache/response-cache.js";
import type { Answer, Call, JsonObject } from "../../inference/gateway/call.js";
import { flow } from "../../inference/openai/feed.js";
import { admit } from "./admit.js";
import { toCall } from "./call-body.js";
import { streamEvents } from "./event-stream.js";
import { Exchange } from "./exchange.js";
import { unlessPassedOn } from "./ignored-fields.js";
import { listHeader } from "./list-header.js";
import { noteRelaxed } from "./relaxed-schema.js";
import { OPENAI_EVENTS } from "./openai-events.js";
import type { Service } from "./service.js";
import type { Translation } from "../dialects/translation.js";

/** What a call asks: OpenAI's path, and how the events of a streamed answer are written: as OpenAI has them when absent. */
interface Asked {
  path: string;
  stream?: Translation["stream"];
}

/**
 * Answers a call in OpenAI's shape, whole or as a stream of events. A deadline that passes and a client that goes away stop the
 * generation.
 */
export async function answerCall(
  service: Service,
  { path, stream }: Asked,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<JsonObject | FastifyReply> {
  const { call: asked, trackingChoice } = toCall(path, request, service);
  const signalOf = disconnectOf(reply);
  // a call that need not wait keeps its deadlines: identical calls then have identical ones, and share one answer
  const loaded = service.phase === "loading" ? await onceLoaded(service, asked, signalOf()) : asked;
  const admitted = await admit(service, request, reply, loaded);
  const { call } = admitted;
  const exchange = new Exchange(service, request, { ...admitted, trackingChoice });
  let unread: Answer | undefined;
  try {
    const answer = await findAnswer(
      service,
      call,
      { directives: parseCacheControl(request.headers["cache-control"]), fare: exchange.fare },
      signalOf,
    );
    unread = answer;
    noteRelaxed(service, request, answer.origin.relaxed);
    unlessPassedOn(reply, answer.origin);
    void reply.headers(answerHeaders(answer)).header("x-llmops-overhead-ms", exchange.overheadOf(answer).toFixed(2));
    if (answer.kind === "whole") return await exchange.finishWhole(answer);
    unread = undefined;
    await streamEvents(reply, exchange.events(answer), stream?.(() => answer.facts.usage ?? answer.facts.begun) ?? OPENAI_EVENTS);
  } catch (error) {
    if (unread) leaveUnread(unread);
    exchange.fail(error);
    throw error;
  }
  return reply;
}

/** Ends a stream that will not be read: whoever makes it would wait for a reader. */
function leaveUnread(answer: Answer): void {
  if (answer.kind === "stream") void flow(answer.events, { take: () => undefined, end: () => undefined, fail: () => undefined })();
}

/** The call once the model in this process can be asked, with what is then left of its time: it is neither counted nor recorded before. */
async function onceLoaded(service: Service, call: Call, signal: AbortSignal): Promise<Call> {
  const begun = performance.now();
  await service.whenLoaded(signal, call.deadlines.totalMs);
  const left = call.deadlines.totalMs - (performance.now() - begun);
  return { ...call, deadlines: { ...call.deadlines, totalMs: Math.max(1, left) } };
}

/** The provider's answer, through the cache and the recording where there are any. */
export async function findAnswer(service: Service, call: Call, asking: Asking, signalOf: () => AbortSignal): Promise<Answer> {
  const { cache, provider, recorder } = service;
  const begun = performance.now();
  const answer = cache ? await cache.answer(provider, call, asking, signalOf) : await askFor(asking.fare, provider, call, signalOf());
  return recorder ? recorder.record(call, answer, begun) : answer;
}

/** Where an answer came from, as headers. */
export function answerHeaders({ origin }: Answer): Record<string, string> {
  const { provider, failed, cache, bypass, ageSeconds, relaxed, toolFormat } = origin;
  const shown = { hit: "HIT", shared: "HIT", miss: "MISS", bypass: "BYPASS" }[cache];
  return {
    "x-llmops-provider": provider,
    ...(failed.length > 0 && { "x-llmops-fallback-from": failed.join(", ") }),
    ...(toolFormat !== undefined && { "x-llmops-tool-format": toolFormat }),
    "x-cache": shown,
    ...(cache === "bypass" && { "x-cache-reason": bypass ?? "the cache is off" }),
    ...(cache === "hit" && { "x-cache-age": String(ageSeconds ?? 0) }),
    ...(cache === "shared" && { "x-cache-age": "0" }),
    ...(relaxed && { "x-llmops-relaxed-schema": listHeader(relaxed) }),
  };
}

/** The signal of `abortOnDisconnect`, made when it is first asked for: an answer that was kept needs none. */
export function disconnectOf(reply: FastifyReply): () => AbortSignal {
  let signal: AbortSignal | undefined;
  return () => (signal ??= abortOnDisconnect(reply));
}

/** Aborts when the client goes away before its answer is complete. */
export function abortOnDisconnect(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  // it may have gone while its request was still being read
  if (reply.raw.destroyed || reply.raw.socket?.destroyed) controller.abort();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
