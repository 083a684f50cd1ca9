import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CASE_TOOLS } from "../../../../../test/helpers/answer-cases.js";
import { errorOf } from "../../../../../test/helpers/error-of.js";
import { llamaTemplates } from "../../../../../test/helpers/llama-templates.js";
import { readPieces } from "../../../../../test/helpers/read-answer-text.js";
import { sampleGrammar } from "../../../../../test/helpers/sample-grammar.js";
import { answerGrammars, type AnswerDemand } from "./answer-grammar.js";
import { detectFormat } from "./detect-format.js";
import { writeCalls } from "./write-calls.js";
import { GbnfWalk } from "../../grammar/gbnf-walk.js";
import { readGbnf } from "../../grammar/gbnf.js";

const byName = new Map(Array.from(llamaTemplates().values(), (template) => [detectFormat(template).name, detectFormat(template)] as const));
const FORMATS = [...byName];
const TOOLS = CASE_TOOLS.map((tool, i) => ({ tool, param: `tools[${i}].function.parameters`, pointer: "" }));
const REQUIRED: AnswerDemand = { tools: TOOLS, mustCall: true, parallel: true, thought: "none" };
const CALLS = [
  { name: "weather", arguments: '{"city":"Paris"}' },
  { name: "add", arguments: '{"a":1}' },
];

describe.each(FORMATS)("calls in the syntax of %s", (name, format) => {
  it("are written by its grammar so that its reader reads them", () => {
    const { start = "" } = answerGrammars(format, REQUIRED);
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const text = sampleGrammar(start, seed);
        const { calls, content, reasoning } = readPieces(format, [text], { tools: CASE_TOOLS });
        expect({ content, reasoning }, text).toEqual({ content: "", reasoning: "" });
        expect(calls.length, text).toBeGreaterThan(0);
        for (const call of calls) {
          expect(CASE_TOOLS.map((tool) => tool.name)).toContain(call.name);
          const args = JSON.parse(call.arguments) as Record<string, unknown>;
          if (call.name === "add") expect(args["a"], text).toSatisfy(Number.isInteger);
          if (call.name === "weather") expect(typeof args["city"], text).toBe("string");
          expect(call.isWhole).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("as templates write them are among those its grammar allows, one or several", () => {
    const whole = answerGrammars(format, REQUIRED).start ?? "";
    const text = writeCalls(CALLS, format).replace(/^(?:<\|start\|>assistant|>>>)/, "");
    if (name !== "muse" && name !== "harmony") expect(new GbnfWalk(readGbnf(whole)).matches(text), text).toBe(true);
    const one = answerGrammars(format, { ...REQUIRED, parallel: false }).start ?? "";
    const several = new GbnfWalk(readGbnf(one));
    if (name !== "muse") expect(several.matches(text), text).toBe(false);
    const single = writeCalls(CALLS.slice(0, 1), format).replace(/^(?:<\|start\|>assistant|>>>)/, "");
    if (name !== "muse") expect(several.matches(single), single).toBe(true);
  });

  it("come after a thought that the prompt began, and where a thought may come before", () => {
    const [pair] = format.thoughts;
    if (!pair) return;
    const open = answerGrammars(format, { ...REQUIRED, thought: "open" });
    expect(open.start).toBeUndefined();
    const possible = answerGrammars(format, { ...REQUIRED, thought: "possible" });
    expect(possible.answer).toBe(open.answer);
    expect(new GbnfWalk(readGbnf(possible.start ?? "")).matches(`${pair.open}any text`)).toBe(true);
    const text = sampleGrammar(open.answer ?? "", 7);
    const { calls, reasoning } = readPieces(format, [`Hm${pair.close}`, text], { tools: CASE_TOOLS, inThought: true });
    expect(reasoning).toBe("Hm");
    expect(calls.length, text).toBeGreaterThan(0);
  });
});

describe("a tool that is strict", () => {
  const tool = {
    name: "find",
    strict: true,
    parameters: { type: "object", properties: { id: { type: "string", pattern: "^[A-Z]{3}$" } }, required: ["id"] },
  };
  const strict: AnswerDemand = { ...REQUIRED, tools: [{ tool, param: "tools[0].function.parameters", pointer: "" }] };

  it("has its arguments held exactly where they are JSON", () => {
    const format = byName.get("hermes");
    if (!format) throw new Error("no format");
    const walk = new GbnfWalk(readGbnf(answerGrammars(format, strict).start ?? ""));
    expect(walk.matches('<tool_call>\n{"name": "find", "arguments": {"id":"ABC"}}\n</tool_call>')).toBe(true);
    expect(walk.matches('<tool_call>\n{"name": "find", "arguments": {"id":"abc"}}\n</tool_call>')).toBe(false);
  });

  it("is refused where a text without quotes cannot be held, and named where it is not strict", async () => {
    const format = byName.get("qwen3-coder");
    if (!format) throw new Error("no format");
    expect(await errorOf(() => answerGrammars(format, strict))).toMatchObject({
      code: "UNSUPPORTED_PARAMETER",
      param: "tools[0].function.parameters",
    });
    const relaxed = answerGrammars(format, { ...strict, tools: [{ tool: { ...tool, strict: false }, param: "tools", pointer: "" }] });
    expect(relaxed.relaxed).toMatchObject([{ pointer: "/properties/id", keyword: "pattern" }]);
  });

  it.each<[format: string, schema: object, places: string[]]>([
    ["gemma", { type: "integer", minimum: 3 }, ["/properties/a/minimum"]],
    ["gemma", { type: "string", pattern: "^a" }, ["/properties/a/pattern"]],
    [
      "gemma",
      { type: "array", items: { type: "string", maxLength: 3 }, maxItems: 2 },
      ["/properties/a/maxItems", "/properties/a/items/maxLength"],
    ],
    ["gemma", { type: "object", properties: { b: { type: "string", format: "date" } } }, ["/properties/a/properties/b/format"]],
    ["gemma", { anyOf: [{ type: "string", minLength: 1 }, { type: "null" }] }, ["/properties/a/anyOf"]],
    ["gemma", { anyOf: [{ type: "string" }, { type: "null" }], title: "A", default: null }, []],
    ["gemma", { type: "string", enum: ["x", "y"] }, []],
    ["gemma", { type: "object", additionalProperties: false }, ["/properties/a/additionalProperties"]],
    ["qwen3-coder", { $ref: "#/$defs/code" }, ["/properties/a/pattern"]],
    ["qwen3-coder", { type: "string", not: { const: "x" } }, ["/properties/a/not"]],
  ])("is refused by %s for what is named where it is not strict: %j", async (name, schema, places) => {
    const format = byName.get(name);
    if (!format) throw new Error("no format");
    const parameters = { type: "object", properties: { a: schema }, $defs: { code: { type: "string", pattern: "^[A-Z]{3}$" } } };
    const make = (isStrict: boolean) =>
      answerGrammars(format, { ...strict, tools: [{ tool: { ...tool, strict: isStrict, parameters }, param: "tools", pointer: "" }] });
    expect(make(false).relaxed.map(({ pointer, keyword }) => `${pointer}/${keyword}`)).toEqual(places);
    if (places.length === 0) expect(make(true).relaxed).toEqual([]);
    else expect(await errorOf(() => make(true))).toMatchObject({ code: "UNSUPPORTED_PARAMETER", param: "tools" });
  });

  it("has a text held to the values that a reference leads to", () => {
    const format = byName.get("qwen3-coder");
    if (!format) throw new Error("no format");
    const parameters = {
      type: "object",
      properties: { a: { $ref: "#/$defs/color" } },
      $defs: { color: { type: "string", enum: ["red"] } },
    };
    const { start = "" } = answerGrammars(format, { ...strict, tools: [{ tool: { ...tool, parameters }, param: "tools", pointer: "" }] });
    const call = (color: string) => `<tool_call>\n<function=find>\n<parameter=a>\n${color}\n</parameter>\n</function>\n</tool_call>`;
    const walk = (color: string) => new GbnfWalk(readGbnf(start)).matches(call(color));
    expect([walk("red"), walk("blue")]).toEqual([true, false]);
  });

  it("is held after the mark of a call where calling is the model's choice", () => {
    const format = byName.get("hermes");
    if (!format) throw new Error("no format");
    const { start, answer, calls } = answerGrammars(format, { ...strict, mustCall: false });
    expect([start, answer, calls?.mark]).toEqual([undefined, undefined, "<tool_call>"]);
    expect(new GbnfWalk(readGbnf(calls?.grammar ?? "")).matches('\n{"name": "find", "arguments": {"id":"ABC"}}\n</tool_call>')).toBe(true);
  });
});

it("lets an answer of a format be made instead of a call", () => {
  const format = byName.get("hermes");
  if (!format) throw new Error("no format");
  const response = { type: "json_schema" as const, schema: { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] } };
  const walk = new GbnfWalk(readGbnf(answerGrammars(format, { ...REQUIRED, mustCall: false, response }).start ?? ""));
  expect(walk.matches('{"ok":true}')).toBe(true);
  expect(walk.matches('<tool_call>\n{"name": "ping", "arguments": {}}\n</tool_call>')).toBe(true);
  expect(walk.matches("text")).toBe(false);
});
