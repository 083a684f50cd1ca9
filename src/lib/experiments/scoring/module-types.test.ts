import { expect, it } from "vitest";
import type { Completion } from "../../inference/openai/completion.js";
import { toInput, toOutput } from "./custom.js";
import type { ScoreFunction } from "./module-types.js";

it("a user's scorer is given columns, messages and thoughts", async () => {
  const score: ScoreFunction = ({ fields, messages, level }, { text, thoughts = "" }) => ({
    value: fields.level === level && messages?.length === 1 && text === "4",
    explanation: thoughts,
  });
  const sample = { id: "a", question: "2+2?", answer: null, answers: [], topic: null, fields: { level: 3 } };
  const completion = { text: "4", thoughts: "two and two", finishReason: "stop", usage: {}, timing: {} } as unknown as Completion;
  const given = toInput({ ...sample, messages: [{ role: "user", content: "2+2?" }] });
  expect(await score(given, toOutput(completion))).toEqual({ value: true, explanation: "two and two" });
  expect(toInput(sample)).not.toHaveProperty("messages");
});
