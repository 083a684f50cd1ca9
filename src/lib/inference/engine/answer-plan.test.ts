import { expect, it } from "vitest";
import { detectFormat } from "../chat/formats/detect-format.js";
import type { AnswerGrammars } from "../chat/formats/answer-grammar.js";
import type { ChatRequest } from "../openai/completion.js";
import { planAnswer } from "./answer-plan.js";
import { Recent } from "./recent.js";

it("keeps grammars by all of a format: templates without a family have one name and their own marks around thoughts", () => {
  const kept = new Recent<AnswerGrammars>(8);
  const request: ChatRequest = { messages: [{ role: "user", content: "Hi" }], responseFormat: { type: "json_object" } };
  const start = (template: string) =>
    planAnswer(request, "", { format: detectFormat(template), marks: new Map(), reasoning: {}, kept }).grammars.start;
  expect(start("<think></think>")).toContain("<think>");
  expect(start("[THINK][/THINK]")).toContain("[THINK]");
});
