import type { FastifyInstance } from "fastify";
import { ChatStream, parseChatRequest, toWireChoice } from "../openai/wire-chat.js";
import type { Deadlines } from "../openai/deadlines.js";
import { newHead, sendAnswer } from "./answer.js";
import type { ServedModel } from "./served-model.js";

/** POST /v1/chat/completions. */
export function addChatCompletions(app: FastifyInstance, model: ServedModel, deadlines: Deadlines): void {
  app.post("/v1/chat/completions", async (request, reply) => {
    const { completion, stream, includeUsage, deadlines: asked } = parseChatRequest(request.body);
    const head = newHead("chatcmpl", model.model);
    const events = new ChatStream(head);
    return sendAnswer(request, reply, (signal) => model.complete(completion, { signal }), {
      head,
      stream,
      includeUsage,
      deadlines: { ...deadlines, ...asked },
      object: "chat.completion",
      toChoice: toWireChoice,
      events: (chunk) => events.events(chunk),
    });
  });
}
