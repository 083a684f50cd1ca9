import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { GbnfSampler } from "../../../../test/helpers/gbnf-sampler.js";
import { compileJsonSchema } from "../grammar/json-schema.js";
import { checkToolSchemas, detectToolFormat, parseToolCall, toCallSchema, type ToolFormat } from "./tool-format.js";
import { ToolCallReader } from "./tool-call-reader.js";

const HERMES_TEMPLATE = "{% if tools %}Answer with <tool_call>{}</tool_call>{% endif %}";
const LLAMA_TEMPLATE =
  '{% if tools %}Respond in the format {"name": function name, "parameters": dictionary of names and values}.{% endif %}';
const hermes = detectToolFormat(HERMES_TEMPLATE) as ToolFormat;
const llama = detectToolFormat(LLAMA_TEMPLATE) as ToolFormat;

/** Reads an answer in pieces of the given length. */
function read(format: ToolFormat, answer: string, length: number, inCall = false) {
  const reader = new ToolCallReader(format, { inCall });
  let text = "";
  const calls = [];
  for (let i = 0; i < answer.length; i += length) {
    const out = reader.push(answer.slice(i, i + length));
    text += out.text;
    calls.push(...out.calls);
  }
  return { text: text + reader.flush(), calls };
}

describe("detectToolFormat", () => {
  it("knows the two formats, and templates without one", () => {
    expect(hermes.argumentsKey).toBe("arguments");
    expect(llama.argumentsKey).toBe("parameters");
    for (const template of [undefined, "{{ messages }}", "{% if tools %}[TOOL_CALLS]{% endif %}"])
      expect(detectToolFormat(template)).toBeUndefined();
  });
});

describe.each([1, 4, 1000])("ToolCallReader over pieces of %d characters", (length) => {
  const call = { name: "add", arguments: '{"a":1}' };

  it("separates calls from text", () => {
    const answer =
      'I add.\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>\n<tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>';
    expect(read(hermes, answer, length)).toEqual({ text: "I add.\n", calls: [call, call] });
  });

  it("continues a call the prompt began", () => {
    expect(read(hermes, '{"name": "add", "arguments": {"a": 1}}', length, true)).toEqual({ text: "", calls: [call] });
  });

  it("takes a whole answer that is an object for a call where the format has no marks", () => {
    expect(read(llama, ' {"name": "add", "parameters": {"a": 1}}', length)).toEqual({ text: "", calls: [call] });
    expect(read(llama, "Just text {here}", length)).toEqual({ text: "Just text {here}", calls: [] });
  });

  it("loses nothing of what cannot be read as a call", () => {
    expect(read(hermes, "<tool_call>{not json}", length)).toEqual({ text: "<tool_call>{not json}", calls: [] });
    expect(read(hermes, '<tool_call>{"name": "add"', length)).toEqual({ text: '<tool_call>{"name": "add"', calls: [] });
    expect(read(hermes, "a <tool", length)).toEqual({ text: "a <tool", calls: [] });
  });
});

it("refuses calls without a name or arguments", () => {
  for (const json of ['{"name": 1, "arguments": {}}', '{"name": "a"}', "[]", "null", "{"])
    expect(parseToolCall(json, hermes)).toBeUndefined();
});

it("makes a schema of the tools, whose references stay within each", () => {
  const parameters = { $defs: { n: { type: "integer", minimum: 3 } }, properties: { n: { $ref: "#/$defs/n" } } };
  const tools = ["add", "sub"].map((name) => ({ name, parameters, strict: false }));
  const { grammar, relaxed } = compileJsonSchema(toCallSchema(tools, hermes), { strict: true, param: "tools" });
  const sampler = new GbnfSampler(grammar);
  expect(relaxed).toEqual([]);
  expect(sampler.matches('{"name":"sub","arguments":{"n":3}}')).toBe(true);
  for (const wrong of [
    '{"name":"sub","arguments":{"n":2}}',
    '{"name":"mul","arguments":{}}',
    '{"name":"add"}',
    '{"name":"add","arguments":1}',
  ]) {
    expect(sampler.matches(wrong)).toBe(false);
  }
});

it("refuses the arguments of a tool that no grammar can enforce, naming the field it stands in", async () => {
  const fine = { name: "a", parameters: { type: "object", properties: {} }, strict: true };
  const odd = { name: "b", parameters: { type: "object", properties: { n: { type: "array", uniqueItems: true } } }, strict: true };
  expect(await errorOf(() => checkToolSchemas([fine, odd], [fine, odd]))).toMatchObject({
    code: "UNSUPPORTED_PARAMETER",
    param: "tools[1].function.parameters",
    message: expect.stringContaining("/properties/n/uniqueItems") as string,
  });
  expect(() => checkToolSchemas([fine, odd], [fine])).not.toThrow();
  const none = { name: "c", parameters: { type: "object", properties: null }, strict: false };
  expect(await errorOf(() => checkToolSchemas([none], [none]))).toMatchObject({ param: "tools[0].function.parameters" });
});
