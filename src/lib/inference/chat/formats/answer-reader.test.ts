import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANSWER_CASES, CASE_TOOLS, type AnswerCase } from "../../../../../test/helpers/answer-cases.js";
import { llamaTemplates } from "../../../../../test/helpers/llama-templates.js";
import { processorTime } from "../../../../../test/helpers/processor-time.js";
import { readPieces, type ReadAnswer } from "../../../../../test/helpers/read-answer-text.js";
import { detectFormat } from "./detect-format.js";
import { callMarks, isBare, type ChatFormat } from "./format.js";

const templates = llamaTemplates();
const formats = new Map(ANSWER_CASES.map(({ template }) => [template, detectFormat(templates.get(template))]));
const formatOf = (name: string) => formats.get(name) as ChatFormat;
const NAMED = ANSWER_CASES.map((one, index) => [`${index} ${one.template}`, one] as const);

function read(
  { template, inThought }: Pick<AnswerCase, "template" | "inThought">,
  pieces: readonly string[],
  reason?: "length",
): ReadAnswer {
  return readPieces(formatOf(template), pieces, { tools: CASE_TOOLS, inThought: inThought ?? false, ...(reason && { reason }) });
}

/** Without ids, which are random where the model writes none. */
function withoutIds(answer: ReadAnswer): ReadAnswer {
  return { ...answer, calls: answer.calls.map((call) => ({ ...call, id: "" })) };
}

/** Whether a text ends with the beginning of a mark. */
function endsInMark(text: string, mark: string): boolean {
  return Array.from(mark, (_, length) => mark.slice(0, length + 1)).some((beginning) => text.endsWith(beginning) && beginning !== mark);
}

function isValid(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}

describe("well-formed answers", () => {
  it.each(NAMED)("%s", (_, one) => {
    const { content = "", reasoning = "", calls = [] } = one;
    const answer = read(one, [one.text]);
    expect({ content: answer.content, reasoning: answer.reasoning }).toEqual({ content, reasoning });
    expect(answer.calls.map((call) => [call.name, call.arguments])).toEqual(calls.map(([name, json]) => [name, json]));
    for (const [index, [, , id]] of calls.entries()) if (id !== undefined) expect(answer.calls[index]?.id).toBe(id);
    expect(answer.calls.every(({ isWhole }) => isWhole)).toBe(true);
  });

  it("are there of every family", () => {
    const read = new Set([...formats.values()].map(({ name }) => name));
    const all = new Set([...templates.values()].map((template) => detectFormat(template).name));
    expect([...all].filter((name) => !read.has(name))).toEqual([]);
  });
});

describe("an answer that comes in pieces", () => {
  it.each(NAMED)("is the same wherever it is cut in two: %s", (_, one) => {
    const whole = withoutIds(read(one, [one.text]));
    for (let at = 1; at < one.text.length; at++) {
      expect(withoutIds(read(one, [one.text.slice(0, at), one.text.slice(at)])), `cut at ${at}`).toEqual(whole);
    }
  });

  it("is the same character by character, and cut at random", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ANSWER_CASES), fc.array(fc.nat({ max: 400 }), { maxLength: 12 }), (one, cuts) => {
        const whole = withoutIds(read(one, [one.text]));
        const at = [0, ...[...new Set(cuts.filter((cut) => cut < one.text.length))].sort((a, b) => a - b), one.text.length];
        const pieces = at.slice(1).map((end, i) => one.text.slice(at[i], end));
        expect(withoutIds(read(one, pieces))).toEqual(whole);
        expect(withoutIds(read(one, one.text.split("")))).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});

describe("an answer that is cut off", () => {
  it.each(NAMED)("keeps the beginnings of thoughts, text and arguments: %s", (_, one) => {
    const whole = read(one, [one.text]);
    for (let length = 0; length < one.text.length; length += 3) {
      const text = one.text.slice(0, length);
      const cut = read(one, [text], "length");
      expect(withoutIds(cut), `cut at ${length}`).toEqual(withoutIds(read(one, text.split(""), "length")));
      // what was told apart stays so, up to marks that are not whole yet
      for (const [index, call] of cut.calls.entries()) {
        expect(whole.calls[index]?.name).toBe(call.name);
        expect(whole.calls[index]?.arguments.startsWith(call.arguments)).toBe(true);
      }
    }
  });

  it.each(NAMED)("shows nothing of calls as text: %s", (_, one) => {
    const { calls, thoughts, wrappers } = formatOf(one.template);
    if (!calls || isBare(calls)) return;
    const whole = read(one, [one.text]);
    const marks = [
      ...callMarks(calls),
      ...thoughts.flatMap(({ open, close }) => [open, close]),
      ...wrappers,
      ">>>",
      "<|channel|>",
      "<|start|>",
      "<|message|>",
      " to=",
      "thought",
    ];
    for (let length = 0; length < one.text.length; length++) {
      const { content } = read(one, [one.text.slice(0, length)], "length");
      if (whole.content.startsWith(content.trimEnd())) continue;
      // the beginning of a mark may be text
      expect(marks, `cut at ${length}: ${content}`).toSatisfy((all: string[]) => all.some((mark) => endsInMark(content, mark)));
    }
  });

  it("shows nothing of calls as text where a model was not trained to make any", () => {
    const text = '{"tool_calls": [{"name": "add", "arguments": {"a": 1}}, {"name": "ping", "arguments": {}}]}';
    const generic = detectFormat(undefined);
    const mark = '{"tool_calls":';
    for (let length = mark.length; length <= text.length; length++) {
      const cut = readPieces(generic, [text.slice(0, length)], { tools: CASE_TOOLS, reason: "length" });
      expect([cut.content, cut.calls.map(({ name }) => name)]).toEqual(["", ["add", "ping"].slice(0, cut.calls.length)]);
    }
  });

  it.each(NAMED)("has valid arguments where the model itself ended it: %s", (_, one) => {
    for (let length = 0; length < one.text.length; length += 3) {
      for (const call of read(one, [one.text.slice(0, length)]).calls) expect(call.arguments, `cut at ${length}`).toSatisfy(isValid);
    }
  });
});

describe("what cannot be read as a call", () => {
  const hermes = "Qwen-Qwen2.5-7B-Instruct";
  const cases: readonly (readonly [template: string, text: string, content?: string])[] = [
    [hermes, "<tool_call>{not json}"],
    [hermes, '<tool_call>{"name": "add"'],
    [hermes, "a <tool"],
    [hermes, '<tool_call>{"name": "add", "arguments": 3}</tool_call>'],
    [hermes, '<tool_call>{"name": 1, "arguments": {}}</tool_call> and more'],
    ["Qwen3-Coder", "<tool_call>\n{no function}\n</tool_call>"],
    ["GLM-4.6", "<tool_call>two words\n</tool_call>"],
    ["mistralai-Mistral-Nemo-Instruct-2407", "[TOOL_CALLS]add 1 and 2"],
    ["Mistral-Small-3.2-24B-Instruct-2506", "[TOOL_CALLS]no arguments follow"],
    ["moonshotai-Kimi-K2", "<|tool_call_begin|>functions.add:0 and then nothing"],
    ["deepseek-ai-DeepSeek-V3.1", "<｜tool▁calls▁begin｜>nothing"],
    ["google-gemma-4-31B-it", "<|tool_call>text<tool_call|>"],
    ["LFM2-8B-A1B", "<|tool_call_start|>nothing to call"],
    ["meta-llama-Llama-3.1-8B-Instruct", '{"answer": 42}'],
    ["meta-llama-Llama-3.1-8B-Instruct", '{"name": "Bob", "parameters": {}}'],
    ["meta-llama-Llama-3.1-8B-Instruct", '{"parameters": {}, "name": "Bob"}'],
    [hermes, `<tool_call>${'{"function": '.repeat(20_000)}`],
    ["meetkai-functionary-medium-v3.2", "all\n>>> 1 + 1\n2", ">>> 1 + 1\n2"],
    ["Apertus-8B-Instruct", "<|tools_prefix|>[1]<|tools_suffix|>"],
  ];

  it.each(cases.map(([template, text, content = text]) => [template, text.slice(0, 80), text, content] as const))(
    "stays text: %s: %s",
    (template, _, text, content) => {
      const answer = readPieces(detectFormat(templates.get(template)), [text], { tools: CASE_TOOLS });
      expect(answer).toEqual({ content, reasoning: "", calls: [] });
      expect(readPieces(detectFormat(templates.get(template)), text.split(""), { tools: CASE_TOOLS })).toEqual(answer);
    },
  );

  it("ends with what could be read of the arguments, and the rest is text", () => {
    const answer = read({ template: hermes }, ['<tool_call>{"name": "add", "arguments": {"a": 1, b: 2}}</tool_call>']);
    expect(answer.calls).toMatchObject([{ name: "add", arguments: '{"a":1}', isWhole: true }]);
    expect(answer.content).toContain("b: 2}}");
  });

  it("loses nothing of texts with marks at random", () => {
    const parts = ["<tool_call>", "</tool_call>", '{"name": "add", ', '"arguments": {"a": 1}}', "text ", "<function=add>", "\n", "{", '"'];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...parts), { maxLength: 12 }),
        fc.constantFrom(hermes, "Qwen3-Coder", "GLM-4.6"),
        (some, template) => {
          const format = detectFormat(templates.get(template));
          const whole = readPieces(format, [some.join("")], { tools: CASE_TOOLS });
          expect(withoutIds(readPieces(format, some, { tools: CASE_TOOLS }))).toEqual(withoutIds(whole));
          for (const call of whole.calls) expect(call.arguments).toSatisfy(isValid);
          const shown = whole.content + whole.calls.map(({ name }) => name).join("");
          for (const word of some.join("").match(/text/g) ?? [])
            expect(shown + whole.calls.map((call) => call.arguments).join("")).toContain(word);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("thoughts", () => {
  const qwen = detectFormat(templates.get("Qwen-Qwen3-0.6B"));

  it("stay in the text with their marks where that is asked", () => {
    const text = "<think>\nHm\n</think>\n\nYes <tool_call>no</tool_call>";
    expect(readPieces(qwen, [text], { tools: undefined, keepsThoughts: true })).toMatchObject({ content: text, reasoning: "" });
    expect(readPieces(qwen, ["Hm\n</think>\n\nYes"], { tools: undefined, keepsThoughts: true, inThought: true }).content).toBe(
      "<think>Hm\n</think>\n\nYes",
    );
  });

  it("are not looked for once the answer has begun", () => {
    const text = "Write <think> before you think,\n<think>\nlike so\n</think>\nand then answer.";
    expect(readPieces(qwen, [text], { tools: undefined })).toMatchObject({ content: text, reasoning: "" });
  });

  it("are all there is where the answer ends in one", () => {
    expect(readPieces(qwen, ["<think>\nHm, "], { tools: undefined, reason: "length" })).toMatchObject({ content: "", reasoning: "Hm," });
  });
});

it("gives calls ids as templates want them back", () => {
  const [call] = read({ template: "mistralai-Mistral-Nemo-Instruct-2407" }, ['[TOOL_CALLS][{"name": "ping", "arguments": {}}]']).calls;
  expect(call?.id).toMatch(/^[a-zA-Z0-9]{9}$/);
  expect(read({ template: "Qwen3-Coder" }, ["<tool_call>\n<function=ping>\n</function>\n</tool_call>"]).calls[0]?.id).toMatch(
    /^call_[\da-f]{32}$/,
  );
});

it("reads very deep and very long arguments in little time", () => {
  const deep = `<tool_call>{"name": "note", "arguments": {"meta": ${"[".repeat(5000)}`;
  expect(read({ template: "Qwen-Qwen2.5-7B-Instruct" }, [deep]).calls).toHaveLength(1);
  const long = `<tool_call>\n<function=note>\n<parameter=text>\n${"word < ".repeat(50_000)}\n</parameter>\n</function>\n</tool_call>`;
  const pieces = long.match(/.{1,7}/gs) ?? [];
  const spent = processorTime();
  expect(read({ template: "Qwen3-Coder" }, pieces).calls[0]?.arguments.length).toBeGreaterThan(300_000);
  expect(spent()).toBeLessThan(5000);
});
