import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { CompletionRequest } from "../openai/completion.js";
import { collectCompletion, type CompletionTarget } from "../openai/completion-target.js";
import { parseChatRequest, toWireAnswer, toWireChunk, toWireUsageChunk } from "../openai/wire.js";
import { streamEvents } from "./event-stream.js";

/** POST /v1/chat/completions, whole or as server-sent events. A client that goes away stops the generation. */
export function addChatCompletions(app: FastifyInstance, target: CompletionTarget): void {
  app.post("/v1/chat/completions", async (request, reply) => {
    const { completion, stream, includeUsage } = parseChatRequest(request.body);
    const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: target.model };
    const signal = abortOnDisconnect(reply);
    if (!stream) {
      const { text, finishReason, usage } = await collectCompletion(target, completion, { signal });
      return toWireAnswer(head, text, finishReason, usage);
    }
    await streamEvents(reply, toEvents(target, completion, { head, includeUsage, signal }));
    return reply;
  });
}

interface EventOptions {
  head: { id: string; created: number; model: string };
  includeUsage: boolean;
  signal: AbortSignal;
}

async function* toEvents(target: CompletionTarget, request: CompletionRequest, options: EventOptions): AsyncGenerator<object> {
  const { head, includeUsage, signal } = options;
  let first = true;
  for await (const chunk of target.complete(request, { signal })) {
    if (first) yield toWireChunk(head, { role: "assistant", content: "" }, null);
    first = false;
    if (chunk.type === "text") {
      yield toWireChunk(head, { content: chunk.text }, null);
      continue;
    }
    yield toWireChunk(head, {}, chunk.reason);
    if (includeUsage) yield toWireUsageChunk(head, chunk.usage);
  }
}

function abortOnDisconnect(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
