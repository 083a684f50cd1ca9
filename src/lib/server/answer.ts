import { randomUUID } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { withDeadlines } from "../gateway/with-deadlines.js";
import type { Choice, Chunk, Completion } from "../openai/completion.js";
import { collectChunks } from "../openai/completion-target.js";
import type { Deadlines } from "../openai/deadlines.js";
import { toWireTimings, toWireUsage, type AnswerHead } from "../openai/wire-answer.js";
import { noteUsage } from "./request-log.js";
import { streamEvents } from "./event-stream.js";

export interface AnswerOptions {
  head: AnswerHead;
  stream: boolean;
  includeUsage: boolean;
  deadlines: Deadlines;
  /** "chat.completion", "text_completion". */
  object: string;
  toChoice: (choice: Choice, index: number) => object;
  /** Turns chunks into the events of a stream. */
  events: (chunk: Exclude<Chunk, { type: "finish" }>) => object[];
}

/** Identifies one answer. */
export function newHead(prefix: string, model: string): AnswerHead {
  return { id: `${prefix}-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model };
}

/**
 * Sends a completion, whole or as server-sent events. A deadline that passes and a client that goes away
 * stop the generation.
 */
export async function sendAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  start: (signal: AbortSignal) => AsyncIterable<Chunk>,
  options: AnswerOptions,
): Promise<object> {
  const chunks = withDeadlines(start, options.deadlines, abortOnDisconnect(reply));
  if (options.stream) {
    await streamEvents(reply, toEvents(request, chunks, options));
    return reply;
  }
  const completion = await collectChunks(chunks, options.head.model);
  noteUsage(request, completion);
  return toBody(request, completion, options);
}

function toBody(request: FastifyRequest, { choices, usage, timing }: Completion, { head, object, toChoice }: AnswerOptions): object {
  return {
    id: head.id,
    object,
    created: head.created,
    model: head.model,
    choices: choices.map(toChoice),
    usage: toWireUsage(usage),
    ...toWireTimings(usage, timing),
    request_id: request.id,
  };
}

/** The events of a stream; the last with choices also carries the timings, and one with usage follows if asked for. */
async function* toEvents(request: FastifyRequest, chunks: AsyncIterable<Chunk>, options: AnswerOptions): AsyncGenerator<object> {
  let held: object | undefined;
  for await (const chunk of chunks) {
    if (chunk.type !== "finish") {
      for (const event of options.events(chunk)) {
        if (held) yield held;
        held = undefined;
        if (chunk.type === "end") held = event;
        else yield event;
      }
      continue;
    }
    const { usage, timing = { firstTokenMs: 0, totalMs: 0 } } = chunk;
    noteUsage(request, { usage, timing });
    if (held) yield { ...held, ...toWireTimings(usage, timing), request_id: request.id };
    if (options.includeUsage) yield { ...held, choices: [], usage: toWireUsage(usage) };
  }
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
