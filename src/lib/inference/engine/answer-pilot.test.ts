import { describe, expect, it } from "vitest";
import { AnswerReader } from "../chat/formats/answer-reader.js";
import { detectFormat } from "../chat/formats/detect-format.js";
import { AnswerPilot, type PilotGrammars } from "./answer-pilot.js";
import type { NativeSampler } from "./native-sampler.js";
import type { TokenText } from "./token-bytes.js";

const FORMAT = detectFormat("{{ tools }}<think></think><tool_call>");
const END = 0;
const WORDS = [
  "",
  "<think>",
  "</think>",
  "\n",
  "so ",
  "Hm",
  "</",
  "think>",
  "think>{",
  ">",
  "{",
  "<tool_call>",
  "Hm. ",
  "<tool_",
  "call>",
  "call>{",
  ". <tool_call>x",
  ". <tool_call>",
];

interface Setup {
  inThought?: boolean;
  grammars?: Partial<PilotGrammars>;
  budget?: number;
}

/** A pilot over tokens that are the words above; `held` has the grammar of each change. */
function pilotOf({ inThought = false, grammars = {}, budget }: Setup) {
  const held: { grammar: unknown; chosen: number }[] = [];
  const sampler: NativeSampler = {
    constrain: (grammar, chosen) => void held.push({ grammar, chosen: chosen.length }),
    bias: () => undefined,
    release: () => undefined,
  };
  const pilot = new AnswerPilot({
    reader: new AnswerReader(FORMAT, { tools: [], inThought }),
    decoder: { push: (token: number) => WORDS[token] ?? "" } as unknown as TokenText,
    grammars: { start: undefined, answer: undefined, calls: undefined, ...grammars },
    budget,
    close: "</think>",
    isEndToken: (token) => token === END,
    tokenize: (text) => (text === "</think>" ? [WORDS.indexOf("</think>")] : [WORDS.indexOf(text)]),
  });
  pilot.attach(sampler);
  const steer = (...words: string[]) => words.map((word) => WORDS[pilot.steer(WORDS.indexOf(word))]);
  return { pilot, held, steer };
}

const state = (name: string) => () => name as never;

describe("a grammar for the answer", () => {
  it("begins once a thought that the prompt began is over", () => {
    const { pilot, held, steer } = pilotOf({ inThought: true, grammars: { answer: state("answer") } });
    expect(pilot.first).toBeUndefined();
    expect(steer("so ", "{", "</think>", "{")).toEqual(["so ", "{", "</think>", "{"]);
    expect(held).toEqual([{ grammar: "answer", chosen: 3 }]);
  });

  it("holds from the first token on, is lifted for a thought, and holds after it", () => {
    const { pilot, held, steer } = pilotOf({ grammars: { start: state("start"), answer: state("answer") } });
    expect(pilot.first).toBe("start");
    steer("<think>", "so ", "</think>");
    expect(held).toEqual([
      { grammar: undefined, chosen: 1 },
      { grammar: "answer", chosen: 3 },
    ]);
  });

  it("is not got around by a token that has the end of the mark and more in it", () => {
    const { held, steer } = pilotOf({ inThought: true, grammars: { answer: state("answer") } });
    expect(steer("so ", "</", "think>{")).toEqual(["so ", "</", "think>"]);
    expect(held).toEqual([{ grammar: "answer", chosen: 3 }]);
  });

  it("comes although the model would end with its thought", () => {
    const { held, steer } = pilotOf({ inThought: true, grammars: { answer: state("answer") } });
    expect(steer("so ", "")).toEqual(["so ", "</think>"]);
    expect(held).toEqual([{ grammar: "answer", chosen: 2 }]);
  });
});

describe("a budget for thoughts", () => {
  it("ends a thought with its mark", () => {
    const { steer } = pilotOf({ inThought: true, budget: 2 });
    expect(steer("so ", "so ", "so ", "Hm. ")).toEqual(["so ", "so ", "</think>", "Hm. "]);
  });

  it("of none ends a thought as soon as it begins", () => {
    const { steer } = pilotOf({ budget: 0 });
    expect(steer("<think>", "so ", "Hm. ")).toEqual(["<think>", "</think>", "Hm. "]);
  });

  it("leaves shorter thoughts alone", () => {
    const { steer } = pilotOf({ inThought: true, budget: 5 });
    const words = ["so ", "</think>", "so ", "so ", "so ", "so ", "so "];
    expect(steer(...words)).toEqual(words);
  });
});

it("holds a call to its grammar where one token has the end of the mark and more in it", () => {
  const calls = { mark: "<tool_call>", grammar: state("calls") };
  const inTwo = pilotOf({ grammars: { calls } });
  expect(inTwo.steer("Hm. ", "<tool_", "call>{", "{")).toEqual(["Hm. ", "<tool_", "call>", "{"]);
  expect(inTwo.held).toEqual([{ grammar: "calls", chosen: 3 }]);
  const inOne = pilotOf({ grammars: { calls } });
  expect(inOne.steer("Hm", ". <tool_call>x")).toEqual(["Hm", ". <tool_call>"]);
  expect(inOne.held).toEqual([{ grammar: "calls", chosen: 2 }]);
});

it("holds a call to its grammar after the mark, and not what only mentions one", () => {
  const calls = { mark: "<tool_call>", grammar: state("calls") };
  const { held, steer } = pilotOf({ grammars: { calls } });
  steer("Hm. ", "<tool_call>");
  expect(held).toEqual([{ grammar: "calls", chosen: 2 }]);
  const thinking = pilotOf({ inThought: true, grammars: { calls } });
  thinking.steer("so ", "<tool_call>", "so ");
  expect(thinking.held).toEqual([]);
});
