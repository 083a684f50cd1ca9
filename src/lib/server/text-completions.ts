import type { FastifyInstance } from "fastify";
import type { Deadlines } from "../openai/deadlines.js";
import { mergeCompletions } from "../openai/merge-completions.js";
import { parseTextRequest, TextStream, toWireTextChoice, type ParsedTextRequest } from "../openai/wire-text.js";
import { newHead, sendAnswer } from "./answer.js";
import type { ServedModel } from "./served-model.js";

/** POST /v1/completions: one prompt or several, as text or tokens. */
export function addTextCompletions(app: FastifyInstance, model: ServedModel, deadlines: Deadlines): void {
  app.post("/v1/completions", async (request, reply) => {
    const parsed = parseTextRequest(request.body);
    const head = newHead("cmpl", model.model);
    const choicesEach = parsed.completions[0]?.choices ?? 1;
    const echoed = echoedPrompts(parsed, model, choicesEach);
    const events = new TextStream(head, echoed);
    const start = (signal: AbortSignal) =>
      mergeCompletions(
        parsed.completions.map((completion) => model.complete(completion, { signal })),
        choicesEach,
      );
    return sendAnswer(request, reply, start, {
      head,
      stream: parsed.stream,
      includeUsage: parsed.includeUsage,
      deadlines: { ...deadlines, ...parsed.deadlines },
      object: "text_completion",
      toChoice: (choice, index) => toWireTextChoice(choice, index, echoed[index]),
      events: (chunk) => events.events(chunk),
    });
  });
}

/** The text every choice begins with when the prompt is to be echoed. */
function echoedPrompts({ completions, echo }: ParsedTextRequest, model: ServedModel, choicesEach: number): string[] {
  if (!echo) return [];
  return completions.flatMap(({ prompt }) => {
    const text = typeof prompt === "string" ? prompt : model.detokenize(prompt);
    return Array.from({ length: choicesEach }, () => text);
  });
}
