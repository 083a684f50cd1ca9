import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import type { Completion } from "./completion.js";
import { parseThoughtMarks, splitThoughts, THOUGHT_MARKS, withoutThoughts, withThoughts } from "./thoughts.js";

describe("splitThoughts", () => {
  it.each([
    ["<think>Could be Paris. No.</think>\nLyon", "Could be Paris. No.", "Lyon"],
    ["<thinking>a</thinking>b", "a", "b"],
    ["<THINK>a</THINK>b", "a", "b"],
    ["[THINK]a[/THINK]b", "a", "b"],
    ["◁think▷a◁/think▷b", "a", "b"],
    ["<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>", "a", "b"],
    ["<|channel>thought\na<channel|>b", "a", "b"],
    ["<think>a</think><answer>b</answer>", "a", "b"],
    ["<think>a</think> b <think>c</think> d", "a\nc", "b  d"],
    ["<think>\n\n</think>\n\nParis", undefined, "Paris"],
    // cut short
    ["<think>Maybe it is Paris, or", "Maybe it is Paris, or", ""],
    ["<think>a</think>b\n<think>c", "a\nc", "b"],
    // the template opened them
    ["Maybe Paris.</think>\nLyon", "Maybe Paris.", "Lyon"],
    ["a</think>", "a", ""],
    // Harmony
    ["<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>", "a", "b"],
    ["<|start|>assistant<|channel|>final<|message|>b", undefined, "b"],
    ["<|channel|>analysis<|message|>It is Paris, or", "It is Paris, or", ""],
    ["<|channel|>commentary to=functions.f <|constrain|>json<|message|>{}<|call|>", "{}", ""],
    ["analysisWe need the capital.assistantfinalParis", "We need the capital.", "Paris"],
    // talked about
    ["Write `<think>` before it. The answer is Paris.", undefined, "Write `<think>` before it. The answer is Paris."],
    ['The mark is "</think>", as you know.', undefined, 'The mark is "</think>", as you know.'],
    ["Paris\n```xml\n<think>a</think>\n```", undefined, "Paris\n```xml\n<think>a</think>\n```"],
    ["Paris uses the tag <think> for it.", undefined, "Paris uses the tag <think> for it."],
    ["<think>They want `</think>` in it.</think>Paris", "They want `</think>` in it.", "Paris"],
    ["analysis of Paris", undefined, "analysis of Paris"],
    ["a < b and [c]", undefined, "a < b and [c]"],
    ["", undefined, ""],
  ])("of %j gives %j and %j", (text, thoughts, answer) => {
    expect(splitThoughts(text)).toEqual({ thoughts, answer });
  });

  it("gives the answer that follows closed thoughts, whatever both are", () => {
    const plain = fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !/[<>|[\]◁▷`"'“”‘’«»„]/.test(text));
    fc.assert(
      fc.property(fc.constantFrom(...THOUGHT_MARKS), plain, plain, ({ open, close }, thought, answer) => {
        expect(splitThoughts(`${open}${thought}${close}${answer}`)).toEqual({
          thoughts: thought.trim() || undefined,
          answer: answer.trim(),
        });
        expect(splitThoughts(`${open}${thought}`).answer).toBe("");
      }),
      { numRuns: 1000 },
    );
  });

  it("takes the user's own marks before those it knows", async () => {
    expect(splitThoughts("((a)) b", parseThoughtMarks(["((,))"]))).toEqual({ thoughts: "a", answer: "b" });
    expect(splitThoughts("<think>a</think>b", parseThoughtMarks(["((,))"])).answer).toBe("b");
    for (const bad of ["<a>", ",", "a,a", "a,b,c"]) expect((await errorOf(() => parseThoughtMarks([bad]))).code).toBe("INVALID_ARGUMENT");
  });
});

describe("withoutThoughts", () => {
  const choice = (text: string, thoughts?: string) => ({
    text,
    ...(thoughts !== undefined && { thoughts }),
    finishReason: "stop" as const,
    toolCalls: [],
    logprobs: undefined,
  });
  const completion = (...choices: ReturnType<typeof choice>[]): Completion => ({
    ...(choices[0] ?? choice("")),
    choices,
    usage: { promptTokens: 1, completionTokens: 1 },
    timing: { firstTokenMs: 1, totalMs: 2 },
  });

  it("splits every choice, and keeps thoughts that came apart", () => {
    const split = withoutThoughts(completion(choice("<think>b</think>c", "a"), choice("d", "e"), choice("f")));
    expect(split).toMatchObject({ text: "c", thoughts: "a\nb" });
    expect(split.choices).toMatchObject([{ text: "c", thoughts: "a\nb" }, { text: "d", thoughts: "e" }, { text: "f" }]);
    expect(withoutThoughts(split)).toEqual(split);
    expect(withThoughts(split).text).toBe("a\nb\nc");
    expect(withThoughts(completion(choice("f"))).text).toBe("f");
  });
});
