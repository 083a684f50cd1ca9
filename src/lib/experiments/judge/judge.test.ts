import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { scriptedTarget } from "../../../../test/helpers/scripted-target.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ChatRequest, Chunk } from "../../inference/openai/completion.js";
import type { CompletionTarget } from "../../inference/openai/completion-target.js";
import { checkRubricFields, isPerRow, judgeScorer, rowRubric, type JudgedDetails } from "./judge-scorer.js";
import { rubricOfSentence } from "./rubric-files.js";
import { openJudge, type JudgeChoice } from "./open-judge.js";
import { findRubric } from "./rubric-files.js";
import { toRubric } from "./rubric.js";

const { rubric } = findRubric("accuracy");
const SAMPLE = { question: "What is the capital of France?", answer: "It is Rome.", reference: "Paris" };
const SIGNAL = new AbortController().signal;
const CHOICE: JudgeChoice = { layout: "rubric_first", seed: 1, limits: { timeoutMs: 5000, retries: 0 } };

const open = (target: CompletionTarget, choice: Partial<JudgeChoice> = {}, rubrics = [rubric]) =>
  openJudge(target, rubrics, { ...CHOICE, ...choice }, SIGNAL);
const score = async (answer: (request: ChatRequest) => string | Promise<string>, choice: Partial<JudgeChoice> = {}) =>
  (await open(scriptedTarget(answer), choice)).score(rubric, SAMPLE, SIGNAL);

/** Answers '{"score": 2}' with log-probabilities at every token. */
function withLogprobs(): CompletionTarget {
  const token = (text: string, top: Record<string, number>) => ({
    ...{ text, bytes: [...Buffer.from(text)], logprob: Math.log(top[text] ?? 1) },
    top: Object.entries(top).map(([other, p]) => ({ text: other, bytes: [...Buffer.from(other)], logprob: Math.log(p) })),
  });
  return {
    model: "probable",
    location: "memory",
    async *complete(request): AsyncGenerator<Chunk> {
      await Promise.resolve();
      const logprobs = [
        token('{"score": ', { '{"score": ': 1, x: 0 }),
        token("2", { 2: 0.5, 1: 0.25, 5: 0.25 }),
        token("}", { "}": 1, "]": 0 }),
      ];
      yield { type: "text", choice: 0, text: '{"score": 2}', ...(request.topLogprobs === undefined ? {} : { logprobs }) };
      yield { type: "end", choice: 0, reason: "stop" };
      yield { type: "finish", usage: { promptTokens: 1, completionTokens: 3 } };
    },
    close: () => Promise.resolve(),
  };
}

describe("a judge at an endpoint", () => {
  it("reads the score's distribution where there are log-probabilities", async () => {
    const judge = await open(withLogprobs());
    expect(judge.options).toMatchObject({ method: "probability", reason: "none", schema: true });
    const verdict = await judge.score(rubric, SAMPLE, SIGNAL);
    expect(verdict.distribution?.map((p) => Number(p.toFixed(3)))).toEqual([0.25, 0.5, 0, 0, 0.25]);
    expect(verdict.score).toBeCloseTo(2.5, 10);
  });

  it("votes where there are none, with a seed of its own for every vote, the same in every run", async () => {
    const seeds: (number | undefined)[] = [];
    let call = 0;
    const answer = ({ seed, temperature }: ChatRequest) => {
      if (temperature === 1) seeds.push(seed);
      return `{"justification": "because", "score": ${temperature === 1 ? [1, 2, 2, 1, 4][call++ % 5] : 3}}`;
    };
    const judge = await open(scriptedTarget(answer));
    expect(judge.options).toMatchObject({ method: "votes", votes: 5, reason: "before" });
    const verdict = await judge.score(rubric, SAMPLE, SIGNAL);
    expect(verdict).toMatchObject({ score: 2, method: "votes", justification: "because" });
    expect(verdict.distribution).toEqual([0.4, 0.4, 0, 0.2, 0]);
    expect(verdict.cost).toEqual({ calls: 5, promptTokens: 5, completionTokens: 20 });
    expect(new Set(seeds).size).toBe(5);
    const first = [...seeds];
    await judge.score(rubric, SAMPLE, SIGNAL);
    expect(seeds.slice(5)).toEqual(first);
  });

  it("votes on pairs as well, and says what that took", async () => {
    let call = 0;
    const answer = ({ temperature }: ChatRequest) =>
      temperature === 1 ? `{"justification": "${call}", "winner": "${["A", "B", "tie", "B", "neither"][call++ % 5]}"}` : '{"score": 3}';
    const judge = await open(scriptedTarget(answer));
    const pair = { question: "q", answer_a: "a", answer_b: "b" };
    const verdict = await judge.compare(rubric, pair, SIGNAL);
    expect(verdict).toMatchObject({ winner: "B", distribution: [0.25, 0.5, 0.25], justification: "1", cost: { calls: 5 } });
    const mute = await open(scriptedTarget(() => "hm"));
    expect(await mute.compare(rubric, pair, SIGNAL)).toMatchObject({ winner: null, problem: expect.any(String) as string });
  });

  it("works without schemas, and says plainly that probabilities are not to be had", async () => {
    const picky = scriptedTarget(({ responseFormat, topLogprobs }) => {
      if (responseFormat || topLogprobs !== undefined) throw new LlmopsError("ENDPOINT_REFUSED", "unknown field", { hint: "" });
      return 'Here you are: {"score": 4}';
    });
    const judge = await open(picky);
    expect(judge.options).toMatchObject({ schema: false, method: "votes" });
    expect((await judge.score(rubric, SAMPLE, SIGNAL)).score).toBe(4);
    expect(await errorOf(() => open(picky, { method: "probability" }))).toMatchObject({ code: "UNSUPPORTED_PARAMETER", exitCode: 2 });
  });

  it("does not read single tokens of levels that begin alike", async () => {
    const scale = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [i + 1, `level ${i + 1}`]));
    const ten = toRubric({ name: "ten", title: "Ten", description: "How good?", scale }, "test");
    expect((await open(withLogprobs(), {}, [ten])).options.method).toBe("votes");
  });
});

describe("what a judge says wrongly", () => {
  it.each([
    ["prose", () => "I find it rather good.", /no verdict/],
    ["nothing", () => "", /said nothing/],
    ["another scale", () => '{"score": 87}', /"87" is not on the scale 1 to 5/],
    ["another whole", () => '{"score": "8/10"}', /not on the scale/],
    ["a refusal", () => "I'm sorry, I cannot grade this.", /refused/],
  ])("stays unscored with the reason: %s", async (_, answer, problem) => {
    const verdict = await score(answer, { method: "generate" });
    expect(verdict).toMatchObject({ score: null, distribution: null, method: "generate" });
    expect(verdict.problem).toMatch(problem);
  });

  it("is asked about once more, with what was wrong", async () => {
    const asked: ChatRequest[] = [];
    const verdict = await score(
      (request) => {
        asked.push(request);
        return request.messages.at(-1)?.content.includes("cannot be read") ? '{"score": 3, "justification": "now"}' : "four!";
      },
      { method: "generate" },
    );
    expect(verdict).toMatchObject({ score: 3, justification: "now" });
    expect(asked.at(-1)?.messages.at(-2)).toEqual({ role: "assistant", content: "four!" });
  });

  it("is unscored after a timeout, but a judge that cannot be reached ends more than one row", async () => {
    const hanging = await open(
      scriptedTarget((request, signal) =>
        request.messages[0]?.role === "user"
          ? '{"score": 3}'
          : new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error))),
      ),
      { method: "generate", limits: { timeoutMs: 50, retries: 0 } },
    );
    expect((await hanging.score(rubric, SAMPLE, SIGNAL)).problem).toMatch(/not complete after 0.05 s/);
    const gone = () => {
      throw new LlmopsError("ENDPOINT_UNREACHABLE", "gone", { hint: "" });
    };
    let probed = false;
    const judge = await open(
      scriptedTarget(() => (probed ? gone() : ((probed = true), '{"score": 3}'))),
      { method: "generate" },
    );
    expect((await errorOf(() => judge.score(rubric, SAMPLE, SIGNAL))).code).toBe("ENDPOINT_UNREACHABLE");
  });

  it("spoils a vote only when half of it cannot be read", async () => {
    let call = 0;
    const mostly =
      (good: number) =>
      ({ temperature }: ChatRequest) =>
        temperature === 1 && call++ % 4 >= good ? "hm" : '{"score": 2}';
    expect((await score(mostly(3), { votes: 4 })).score).toBe(2);
    call = 0;
    expect(await score(mostly(2), { votes: 4 })).toMatchObject({ score: null, problem: expect.stringContaining("no verdict") as string });
  });
});

describe("fingerprints", () => {
  it("change with model, rubric and method, and with nothing else", async () => {
    const target = scriptedTarget(() => '{"score": 3}');
    const print = async (choice: Partial<JudgeChoice> = {}, other: CompletionTarget = target) =>
      (await open(other, choice)).fingerprint(rubric);
    const base = await print();
    expect(await print({ seed: 9, limits: { timeoutMs: 1, retries: 5 } })).toBe(base);
    const others = [
      await print({ method: "generate" }),
      await print({ votes: 7 }),
      await print({ layout: "sample_first" }),
      await print({}, { ...target, model: "x" }),
    ];
    expect(new Set([base, ...others]).size).toBe(5);
    const judge = await open(target);
    expect(judge.fingerprint({ ...rubric, description: "else" })).not.toBe(base);
  });
});

describe("the judge as a scorer", () => {
  const sample = { id: "a", question: "q", answer: "r", answers: ["r", "s"], topic: null, fields: { context: ["one", "two"] } };
  const completion = {
    text: "t",
    choices: [],
    finishReason: "stop" as const,
    usage: { promptTokens: 0, completionTokens: 0 },
    timing: { firstTokenMs: 0, totalMs: 0 },
  };

  it("shows the judge reference and context, and keeps the distribution", async () => {
    const shown: string[] = [];
    const target = scriptedTarget(({ messages }) => {
      shown.push(messages.at(-1)?.content ?? "");
      return '{"score": 2}';
    });
    const judge = await open(target, { votes: 2 });
    const made = await judgeScorer("accuracy", rubric, () => [judge]).score(sample, completion, { earlier: {}, signal: SIGNAL });
    expect(shown.at(-1)).toBe("Question: q\nContext: one\ntwo\nReference: r or s\nAnswer: t");
    expect(made.value).toBe(2);
    expect((made.details as JudgedDetails).distribution).toEqual([0, 1, 0, 0, 0]);
  });

  it("takes the mean of a panel, and has none where a judge is missing", async () => {
    const [low, high, mute] = await Promise.all(
      ['{"score": 1}', '{"score": 4}', "hm"].map((text) =>
        open(
          scriptedTarget(() => text),
          { method: "generate" },
        ),
      ),
    );
    const panel = (judges: (typeof low)[]) => judgeScorer("accuracy", rubric, () => judges.flatMap((judge) => judge ?? []));
    const both = await panel([low, high]).score(sample, completion, { earlier: {}, signal: SIGNAL });
    expect(both).toMatchObject({ value: 2.5, details: { panel: [{ score: 1 }, { score: 4 }] } });
    const missing = await panel([low, mute]).score(sample, completion, { earlier: {}, signal: SIGNAL });
    expect(missing).toMatchObject({ value: null, mayPass: true, explanation: expect.stringContaining("no verdict") as string });
  });
});

describe("a rubric with a place for a column", () => {
  const rubric = rubricOfSentence("The answer does this: {{Rubric}}", "rubric");
  const row = (fields: Record<string, unknown>) => ({ id: "r", question: "q", answer: null, answers: [], topic: null, fields });

  it("is each row's own", () => {
    expect(isPerRow(rubric)).toBe(true);
    expect(rowRubric(rubric, row({ rubric: ["names Paris", "is short"] }))).toMatchObject({
      name: "rubric",
      description: "The answer does this: names Paris\nis short",
    });
    expect(rowRubric(rubric, row({ rubric: " " }))).toBe("Rubric");
    expect(isPerRow(rubricOfSentence("The answer is polite."))).toBe(false);
  });

  it("leaves a row without the column unscored, and refuses a dataset without it", async () => {
    const scorer = judgeScorer("rubric", rubric, () => []);
    const completion = { text: "a" } as Parameters<typeof scorer.score>[1];
    expect(await scorer.score(row({}), completion)).toEqual({ value: null, explanation: "the sample has no Rubric" });
    const dataset = (fields: Record<string, unknown>) => ({ name: "d", path: "d", digest: "", available: 1, samples: [row(fields)] });
    expect(() => checkRubricFields([rubric], dataset({}))).toThrow('No row of d has "Rubric", which the rubric rubric asks for');
    checkRubricFields([rubric], dataset({ rubric: "x" }));
  });
});
