import { describe, expect, it } from "vitest";
import { AnswerReader } from "../chat/formats/answer-reader.js";
import { detectFormat } from "../chat/formats/detect-format.js";
import type { Chunk } from "../openai/completion.js";
import type { FeedQueue } from "../openai/feed-queue.js";
import { ChoiceOutput } from "./choice-output.js";
import type { TokenBytes } from "./token-bytes.js";

const FORMAT = detectFormat("{{ tools }}<think></think><tool_call>");

interface Asked {
  stop?: readonly string[];
  json?: boolean;
  keepsThoughts?: boolean;
}

/** What a choice gives whose tokens are these words, up to where its text ends it; every token has a log-probability. */
function read(words: readonly string[], { stop = [], json = false, keepsThoughts = true }: Asked) {
  const chunks: Chunk[] = [];
  const queue = { push: (chunk: Chunk) => void chunks.push(chunk) } as unknown as FeedQueue<Chunk>;
  const bytes = { of: (token: number) => Buffer.from(words[token] ?? "") } as unknown as TokenBytes;
  const reader = new AnswerReader(FORMAT, { tools: undefined, keepsThoughts });
  const output = new ChoiceOutput(queue, bytes, { choice: 0, stop, json, reading: { reader, singleCall: false, marks: new Map() } });
  words.some((_, token) => output.push(token, { logits: { top: [], of: new Map([[token, 0]]), logSumExp: 0 }, drawn: undefined }));
  output.end("stop");
  const texts = chunks.flatMap((chunk) => (chunk.type === "text" ? [chunk] : []));
  return {
    text: texts.map(({ text }) => text).join(""),
    logprobs: texts.flatMap(({ logprobs = [] }) => logprobs.map(({ text }) => text)),
    end: chunks.at(-1),
  };
}

describe("thoughts that stay in the text", () => {
  it("are not what ends an answer in JSON", () => {
    const words = ["<think>", "\n", "Is {} 1 ", "?", "</think>", "\n\n", '{"a": ', "1}", " more"];
    expect(read(words, { json: true }).text).toBe('<think>\nIs {} 1 ?</think>\n\n{"a": 1}');
  });

  it("are not ended by stop texts, which end the answer after them", () => {
    const words = ["<think>", "one. ", "two. ", "</think>", "three. ", "four"];
    expect(read(words, { stop: ["."] }).text).toBe("<think>one. two. </think>three");
  });

  it("have the log-probability of every token, also of one whose text is held back for a while", () => {
    const words = ["<think>", "so ", "</", "think>", "yes"];
    expect(read(words, {})).toMatchObject({ text: words.join(""), logprobs: words });
  });
});

it("gives thoughts apart no log-probabilities", () => {
  expect(read(["<think>", "so ", "</", "think>", "yes"], { keepsThoughts: false })).toMatchObject({ text: "yes", logprobs: ["yes"] });
});

it("shows the beginning of a stop text that a thought follows", () => {
  expect(read(["<think>", "</think>", "a<", "<think>"], { stop: ["a<b"] }).text).toBe("<think></think>a<<think>");
});

it("says which stop text ended it", () => {
  const ended = { type: "end", choice: 0, reason: "stop", logprob: 0 };
  expect(read(["one", "\n", "two"], { stop: ["END", "\n"] }).end).toEqual({ ...ended, stop: "\n" });
  expect(read(["<think>", "</think>", "a", "EN", "D."], { stop: ["END"] }).end).toEqual({ ...ended, stop: "END" });
  expect(read(["one", " two"], { stop: ["END"] }).end).toEqual(ended);
});
