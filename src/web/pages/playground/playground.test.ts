import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventData, toChatEvent } from "../../api/playground.js";
import { ended, newAnswer, shownTokens, speedOf, withEvent } from "./answer.js";
import { nextId, toJsonl, toRow } from "./kept-rows.js";
import { messagesOf, requestOf, type Setting } from "./settings.js";

const setting: Setting = { endpoint: "1", model: "m", system: "Be brief.", values: {}, probabilities: false };

async function* inParts(text: string, cuts: readonly number[]): AsyncGenerator<string> {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, text.length]) {
    await Promise.resolve();
    yield text.slice(from, place);
    from = place;
  }
}

describe("server-sent events", () => {
  it("are the same wherever they are cut, and however their lines end", async () => {
    const events = fc.array(
      fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text) && !text.startsWith(" ")),
      { minLength: 1 },
    );
    await fc.assert(
      fc.asyncProperty(events, fc.constantFrom("\n", "\r\n", "\r"), fc.array(fc.nat(500)), async (texts, end, cuts) => {
        const stream = `: ping${end}${end}${texts.map((text) => `event: x${end}data: ${text}${end}${end}`).join("")}`;
        const found: string[] = [];
        for await (const data of eventData(inParts(stream, cuts))) found.push(data);
        expect(found).toEqual(texts);
      }),
      { endOnFailure: true },
    );
  });
});

describe("an answer", () => {
  it("grows with its events, and knows when its first token came and how fast the others did", () => {
    const delta = (content: string, logprob: number) => ({
      choices: [{ delta: { content }, logprobs: { content: [{ token: content, logprob }] } }],
    });
    let answer = newAnswer(1000);
    expect(speedOf(answer)).toEqual({ firstMs: null, perSecond: null });
    answer = withEvent(answer, { choices: [{ delta: { content: "" } }] }, 1100);
    expect(answer.state).toBe("waiting");
    answer = withEvent(answer, { choices: [{ delta: { reasoning_content: "Hm." } }] }, 1200);
    answer = withEvent(withEvent(answer, delta("Par", -0.1), 1500), delta("is", -2), 2200);
    answer = withEvent(answer, { choices: [{ delta: {}, finish_reason: "stop" }], usage: { completion_tokens: 3 } }, 2300);
    expect(answer).toMatchObject({ text: "Paris", thoughts: "Hm.", finishReason: "stop", state: "streaming" });
    expect(speedOf(answer)).toEqual({ firstMs: 200, perSecond: 2 });
    expect(shownTokens(answer)?.length).toBe(2);
    expect(shownTokens({ ...answer, text: "Paris." })).toBeUndefined();
  });

  /** An answer whose pieces of a token each came at the times. */
  const arriving = (times: readonly number[], tokens = times.length) => {
    const ofPieces = times.reduce((answer, at) => withEvent(answer, { choices: [{ delta: { content: "a" } }] }, at), newAnswer(0));
    return withEvent(ofPieces, { usage: { completion_tokens: tokens } }, times.at(-1) ?? 0);
  };

  it("has no speed where it came at once, or as good as", () => {
    const burst = Array.from({ length: 8 }, (_, i) => 1790 + i / 100);
    expect(speedOf(arriving(burst))).toEqual({ firstMs: 1790, perSecond: null });
    expect(speedOf(arriving([...burst, 1850, 1880])).perSecond).toBeNull();
    expect(speedOf(arriving([...burst, 2900])).perSecond).toBeNull();
    expect(speedOf(arriving([10])).perSecond).toBeNull();
  });

  it("is as fast as the pieces after the first burst, whatever waited with the first one", () => {
    // 100 tokens a second; those of the first second were looked at together
    const times = Array.from({ length: 300 }, (_, i) => Math.max(1000, i * 10));
    expect(speedOf(arriving(times)).perSecond).toBeCloseTo(100, -1);
    expect(speedOf(arriving(times, 600)).perSecond).toBeCloseTo(200, -1);
  });

  it("has its true speed where nothing was late, and none of less than a tenth of a second", () => {
    const busy = fc.tuple(fc.nat(2000), fc.nat(1000));
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 2, max: 200 }),
        fc.array(busy, { maxLength: 3 }),
        (gapMs, count, pauses) => {
          const late = (at: number) => pauses.reduce((seen, [from, long]) => (seen >= from && seen < from + long ? from + long : seen), at);
          const times = Array.from({ length: count }, (_, i) => late((i + 1) * gapMs)).sort((a, b) => a - b);
          const { perSecond } = speedOf(arriving(times));
          // what waited until a pause ended cannot be told from what came then
          if (pauses.length === 0 && perSecond !== null) expect(perSecond).toBeCloseTo(1000 / gapMs);
          if (perSecond !== null) expect(perSecond).toBeLessThanOrEqual((1000 * count) / 100);
        },
      ),
      { endOnFailure: true },
    );
  });

  it("has the server's own speed, where it says it", () => {
    const timed = withEvent(arriving([1, 2, 3]), { choices: [], timings: { predicted_per_second: 87.5 } }, 4);
    expect(speedOf(timed).perSecond).toBe(87.5);
    const ofOne = withEvent(arriving([1]), { choices: [], timings: { predicted_n: 1, predicted_per_second: 1e6 } }, 4);
    expect(speedOf(ofOne).perSecond).toBeNull();
  });

  it("takes nothing of an event that is not as the API has it", () => {
    const odd = ["null", "5", '"a"', "[]", '{"choices":{}}', "{a", "<html>", ""];
    for (const data of odd) expect(() => toChatEvent(data)).toThrow("is not an event of a chat completion. Check that the address");
    expect(() => toChatEvent(`{"x${"y".repeat(1000)}`)).toThrow(/^.{1,300}$/);
    const harmless = [
      '{"choices":[null]}',
      '{"choices":[{"delta":null}]}',
      '{"choices":[{"delta":{"content":5},"logprobs":{"content":{}}}]}',
      "{}",
    ];
    for (const data of harmless) expect(withEvent(newAnswer(0), toChatEvent(data), 1)).toEqual(newAnswer(0));
    expect(withEvent(newAnswer(0), toChatEvent('{"error":{"message":{}}}'), 1)).toMatchObject({ error: "The endpoint failed." });
  });

  it("is whole where the endpoint says that it ends, and otherwise was cut off", () => {
    const half = withEvent(newAnswer(0), { choices: [{ delta: { content: "half" } }] }, 1);
    expect(ended(half, false)).toMatchObject({ state: "failed", text: "half", error: expect.stringContaining("only a part") as string });
    expect(ended(half, true)).toMatchObject({ state: "done", error: null });
    const whole = withEvent(half, { choices: [{ delta: {}, finish_reason: "stop" }] }, 2);
    expect(ended(whole, false)).toMatchObject({ state: "done", error: null });
    expect(ended(newAnswer(0), true)).toMatchObject({ state: "failed", error: "The endpoint ended the stream without an answer." });
    const broken = withEvent(half, { error: "away" }, 2);
    expect(ended(broken, true)).toBe(broken);
  });

  it("fails in the endpoint's words, also in the midst of its stream", () => {
    expect(withEvent(newAnswer(0), { error: { message: "out of memory" } }, 1)).toMatchObject({ state: "failed", error: "out of memory" });
    expect(withEvent(newAnswer(0), { error: "away" }, 1)).toMatchObject({ error: "away" });
  });
});

describe("what is asked", () => {
  it("has the side's own answers, and not those of the other, or of turns it did not answer", () => {
    const past = [
      { question: "q1", answers: { a: "a1", b: "b1" } },
      { question: "q2", answers: { a: null, b: "b2" } },
    ];
    expect(messagesOf(setting, "a", past, "q3").map(({ content }) => content)).toEqual(["Be brief.", "q1", "a1", "q3"]);
    expect(messagesOf({ system: " " }, "b", past, "q3").map(({ content }) => content)).toEqual(["q1", "b1", "q2", "b2", "q3"]);
  });

  it("has only what was set", () => {
    const values = { temperature: "0.5", top_p: "", seed: "x" };
    expect(requestOf({ ...setting, values }, [])).toEqual({
      ...{ model: "m", messages: [], stream_options: { include_usage: true }, temperature: 0.5 },
    });
    expect(requestOf({ ...setting, model: "", probabilities: true }, [])).toMatchObject({ logprobs: true, top_logprobs: 5 });
  });
});

describe("kept rows", () => {
  it("are rows of a dataset: a question with its system prompt, or a conversation", () => {
    const texts = { id: "r", question: "corrected", answer: "right" };
    const one = messagesOf(setting, "a", [], "q");
    expect(toRow(one, texts)).toEqual({ ...texts, system: "Be brief." });
    const two = messagesOf(setting, "a", [{ question: "q1", answers: { a: "a1", b: null } }], "q2");
    expect(toRow(two, texts).messages?.map(({ content }) => content)).toEqual(["Be brief.", "q1", "a1", "corrected"]);
    expect(
      toJsonl([toRow(one, { ...texts, answer: "two\nlines" })])
        .trim()
        .split("\n"),
    ).toHaveLength(1);
    expect(nextId([{ ...texts, id: "playground-2" }])).toBe("playground-3");
  });
});
