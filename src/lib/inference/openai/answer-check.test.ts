import { describe, expect, it } from "vitest";
import { AnswerCheck } from "./answer-check.js";

/** Why a whole body is not an answer; undefined where it is one. */
function problemOf(message: object, finish: string): string | undefined {
  const check = new AnswerCheck();
  check.note({ choices: [{ index: 0, message, finish_reason: finish }] });
  return problemAtEnd(check);
}

function problemAtEnd(check: AnswerCheck): string | undefined {
  try {
    check.end();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("an answer with nothing in it", () => {
  const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };

  it.each([
    ["an empty text", { content: "" }, "stop"],
    ["parts without text", { content: [{ type: "text", text: "x" }] }, "stop"],
    ["a call", { content: null, tool_calls: [call] }, "tool_calls"],
    ["a refusal", { content: null, refusal: "no" }, "stop"],
    ["what a filter withheld", { content: null }, "content_filter"],
    ["thoughts that used up all tokens", { content: null, reasoning_content: "so" }, "length"],
    ["thoughts nobody shows that used up all tokens", { content: null }, "length"],
  ])("is whole where it is %s", (_, message, finish) => expect(problemOf(message, finish)).toBeUndefined());

  it.each([
    ["null", { content: null }, "stop"],
    ["nothing", {}, "stop"],
    ["null after thoughts", { content: null, reasoning_content: "so" }, "stop"],
    ["null, with an empty list of calls", { content: null, tool_calls: [] }, "tool_calls"],
    ["no parts", { content: [] }, "stop"],
  ])("is none where it is %s", (_, message, finish) =>
    expect(problemOf(message, finish)).toBe(`its answer is null, without a tool call or a refusal (finish_reason ${finish})`),
  );

  it("is told alike of a stream, where null beside the role only opens it", () => {
    const streamed = (first: object, finish: string | null = null) => {
      const check = new AnswerCheck();
      check.note({ choices: [{ index: 0, delta: first, finish_reason: finish }] });
      check.note({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
      check.noteDone();
      return problemAtEnd(check);
    };
    const role = "assistant";
    expect([streamed({ role, content: "" }), streamed({ role }), streamed({ role, content: null })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(streamed({ content: null })).toContain("is null");
    expect(streamed({ role, content: null }, "stop")).toContain("is null");
  });
});

describe("more of an answer that has ended", () => {
  const event = (index: number, content: string) => ({ choices: [{ index, delta: { content }, finish_reason: "stop" }] });

  it("is none: two answers are never one text", () => {
    const check = new AnswerCheck(2);
    check.note(event(0, "Paris"));
    check.note(event(1, "London"));
    expect(() => check.note(event(0, ""))).not.toThrow();
    expect(() => check.note(event(0, "London"))).toThrow("it went on after its answer had ended (finish_reason stop)");
    const choices = ["Paris", "London"].map((content) => ({ index: 0, message: { content }, finish_reason: "stop" }));
    expect(() => new AnswerCheck().note({ choices })).toThrow("went on after");
  });
});
