import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { parseTextRequest, TextStream } from "./wire-text.js";

describe("parseTextRequest", () => {
  it.each([
    ["one text", "a", ["a"]],
    ["several texts", ["a", "b"], ["a", "b"]],
    ["one list of tokens", [1, 2], [[1, 2]]],
    ["several lists of tokens", [[1], [2, 3]], [[1], [2, 3]]],
  ])("takes %s", (_, prompt, expected) => {
    expect(parseTextRequest({ prompt }).completions.map((completion) => completion.prompt)).toEqual(expected);
  });

  it("generates 16 tokens unless told otherwise, as OpenAI does", () => {
    expect(parseTextRequest({ prompt: "a" }).completions[0]?.maxTokens).toBe(16);
    expect(parseTextRequest({ prompt: "a", max_tokens: 3 }).completions[0]?.maxTokens).toBe(3);
  });

  it.each([
    [{ prompt: "a", n: 3, best_of: 2 }, "best_of"],
    [{ prompt: "a", max_tokens: -2 }, "max_tokens"],
    [{}, "prompt"],
    [{ prompt: [] }, "prompt"],
    [{ prompt: [1, null] }, "prompt"],
  ])("refuses %j naming %s", async (body, param) => {
    expect(await errorOf(() => parseTextRequest(body))).toMatchObject({ httpStatus: 400, param });
  });
});

it("a stream gives the prompt back first, counts offsets and ends with the reason", () => {
  const stream = new TextStream({ id: "x", created: 1, model: "m", system_fingerprint: "fp" }, { echoed: ["Once "] });
  const token = { text: "up", bytes: [117, 112], logprob: -0.5, top: [] };
  const events = [
    ...stream.events({ type: "text", choice: 0, text: "up", logprobs: [token] }),
    ...stream.events({ type: "text", choice: 0, text: "on", logprobs: [{ ...token, text: "on" }] }),
    ...stream.events({ type: "end", choice: 0, reason: "length" }),
  ] as { choices: [{ text: string; finish_reason: string | null; logprobs: { text_offset: number[] } | null }] }[];
  expect(events.map((e) => e.choices[0].text)).toEqual(["Once ", "up", "on", ""]);
  expect(events.map((e) => e.choices[0].logprobs?.text_offset)).toEqual([undefined, [5], [7], undefined]);
  expect(events.at(-1)?.choices[0].finish_reason).toBe("length");
});
