import { describe, expect, it } from "vitest";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatRequest, Chunk } from "../../inference/openai/completion.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { openJudge, type JudgeChoice } from "./open-judge.js";
import { findRubric } from "./rubric-files.js";

const { rubric } = findRubric("clarity");
const SAMPLE = { question: "q?", answer: "fine" };
const PAIR = { question: "q?", answer_a: "fine", answer_b: "bad" };
const SIGNAL = new AbortController().signal;

/** A judge that spends so many tokens on thoughts before it replies; its context may hold no more than `context`. */
function thinker(
  spends: number,
  { reply = '{"justification": "ok", "score": 4, "winner": "A"}', inline = false, context = Infinity } = {},
): CompletionTarget & { asked: number[] } {
  const asked: number[] = [];
  const thoughts = "hm ".repeat(spends);
  return {
    asked,
    model: "thinker",
    location: "memory",
    async *complete(request): AsyncGenerator<Chunk> {
      await Promise.resolve();
      const { maxTokens = Infinity } = request as ChatRequest;
      asked.push(maxTokens);
      if (maxTokens > context) throw new LlmopsError("ENDPOINT_REFUSED", `the context holds ${context} tokens`, { hint: "" });
      const isCut = maxTokens <= spends;
      if (inline) yield { type: "text", choice: 0, text: `<think>${thoughts}${isCut ? "" : "</think>"}` };
      else if (spends > 0) yield { type: "thought", choice: 0, text: thoughts };
      if (!isCut) yield { type: "text", choice: 0, text: reply };
      yield { type: "end", choice: 0, reason: isCut ? "length" : "stop" };
      yield { type: "finish", usage: { promptTokens: 1, completionTokens: Math.min(maxTokens, spends + 10) } };
    },
    close: () => Promise.resolve(),
  };
}

const open = (target: CompletionTarget, choice: Partial<JudgeChoice> = {}) =>
  openJudge(target, [rubric], { layout: "rubric_first", seed: 1, limits: { timeoutMs: 5000, retries: 0 }, ...choice }, SIGNAL);

describe("a judge that thinks", () => {
  it.each(["generate", "votes"] as const)("gets the tokens it needs, by %s, wherever the reason stands", async (method) => {
    for (const reason of ["none", "before", "after"] as const) {
      for (const inline of [true, false]) {
        const judge = await open(thinker(700, { inline }), { method, reason });
        expect((await judge.score(rubric, SAMPLE, SIGNAL)).score).toBe(4);
        expect((await judge.compare(rubric, PAIR, SIGNAL)).winner).toBe("A");
      }
    }
  });

  it("is asked with little until it thinks, and then always with more", async () => {
    const brief = thinker(0);
    await (await open(brief, { method: "generate", reason: "none" })).score(rubric, SAMPLE, SIGNAL);
    expect(Math.max(...brief.asked)).toBe(64);
    const target = thinker(700);
    const judge = await open(target, { method: "generate", reason: "none" });
    target.asked.length = 0;
    await judge.score(rubric, SAMPLE, SIGNAL);
    await judge.score(rubric, SAMPLE, SIGNAL);
    expect(target.asked).toEqual([4096, 4096]);
    const long = thinker(9000);
    expect((await (await open(long, { method: "generate" })).score(rubric, SAMPLE, SIGNAL)).score).toBe(4);
  });

  it("gets what its context holds, where that is less", async () => {
    const judge = await open(thinker(100, { context: 2000 }), { method: "generate" });
    expect((await judge.score(rubric, SAMPLE, SIGNAL)).score).toBe(4);
  });

  it("keeps to the number the user gives, and says what ran out", async () => {
    const target = thinker(700);
    const judge = await open(target, { method: "generate", maxTokens: 500 });
    const verdict = await judge.score(rubric, SAMPLE, SIGNAL);
    expect(verdict.score).toBeNull();
    expect(verdict.problem).toMatch(/thought until its tokens ran out \(at 500; --judge-max-tokens/);
    expect(new Set(target.asked)).toEqual(new Set([500]));
    expect((await (await open(thinker(700), { method: "votes", maxTokens: 500 })).compare(rubric, PAIR, SIGNAL)).problem).toMatch(/at 500/);
    expect((await (await open(thinker(700), { method: "generate", maxTokens: 800 })).score(rubric, SAMPLE, SIGNAL)).score).toBe(4);
  });
});

describe("a reply that is cut off", () => {
  const cut = (text: string, whole: string): CompletionTarget => ({
    model: "cut",
    location: "memory",
    async *complete(request): AsyncGenerator<Chunk> {
      await Promise.resolve();
      const isShort = (request.maxTokens ?? Infinity) < 1000;
      yield { type: "text", choice: 0, text: isShort ? text : whole };
      yield { type: "end", choice: 0, reason: isShort ? "length" : "stop" };
      yield { type: "finish", usage: { promptTokens: 1, completionTokens: 3 } };
    },
    close: () => Promise.resolve(),
  });

  it("is not taken for final when it may be a draft", async () => {
    const judge = await open(cut('{"score": 2}\nOn reflection', '{"score": 2}\nOn reflection:\n{"score": 4}'), { method: "generate" });
    expect((await judge.score(rubric, SAMPLE, SIGNAL)).score).toBe(4);
  });

  it("counts where its verdict is whole", async () => {
    const judge = await open(cut('{"score": 3, "justification": "so lo', ""), { method: "generate", reason: "after" });
    expect((await judge.score(rubric, SAMPLE, SIGNAL)).score).toBe(3);
  });
});
