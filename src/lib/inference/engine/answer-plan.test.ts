import { expect, it } from "vitest";
import type { Llama, LlamaModel } from "node-llama-cpp";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { detectFormat } from "../chat/formats/detect-format.js";
import type { ChatRequest, Tool } from "../openai/completion.js";
import { planAnswer } from "./answer-plan.js";
import { JsonGrammars } from "./json-grammar.js";
import type { HeldAnswer } from "./make-grammar.js";

const tool: Tool = { name: "weather", parameters: { type: "object" }, strict: false };

it("keeps grammars by all of a format: templates without a family have one name and their own marks around thoughts", async () => {
  const grammars = new JsonGrammars({} as unknown as Llama, {} as unknown as LlamaModel);
  const request: ChatRequest = { messages: [{ role: "user", content: "Hi" }], responseFormat: { type: "json_object" } };
  const start = async (template: string) => {
    const { held } = planAnswer(request, "", { format: detectFormat(template), marks: new Map(), reasoning: {} });
    return (await grammars.answerGrammars(held as HeldAnswer)).start;
  };
  expect(await start("<think></think>")).toContain("<think>");
  expect(await start("[THINK][/THINK]")).toContain("[THINK]");
});

it.each<[string, Partial<ChatRequest>, string]>([
  ["a call is asked for without tools", { toolChoice: "required" }, "tool_choice"],
  ["two tools have one name", { tools: [tool, { ...tool }] }, "tools[1].function.name"],
  [
    "the answer has to be a call and follow a format",
    { tools: [tool], toolChoice: "required", responseFormat: { type: "regex", pattern: "a", field: "guided_regex" } },
    "guided_regex",
  ],
])("is refused where %s", async (_, asked, param) => {
  const request: ChatRequest = { messages: [{ role: "user", content: "Hi" }], ...asked };
  const error = await errorOf(() => planAnswer(request, "", { format: detectFormat(""), marks: new Map(), reasoning: {} }));
  expect(error).toMatchObject({ code: "INVALID_ARGUMENT", param });
});
