import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { eventData } from "../../api/playground.js";
import { newAnswer, shownTokens, speedOf, withEvent } from "./answer.js";
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
