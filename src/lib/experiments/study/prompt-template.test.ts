import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import type { Sample } from "../dataset/sample.js";
import { datasetNotes } from "./dataset-notes.js";
import { checkHasPlace, fillTemplate, placesOf } from "./prompt-template.js";
import { toMessages } from "./run-cell.js";

const sample: Sample = {
  ...{ id: "s1", question: "Why?", answer: "so", answers: ["so"], topic: "t" },
  fields: { "source text": "S", größe: "G", 問い: "Q", empty: "", meta: { level: 2 }, version: 1.1, Tags: ["a"] },
  written: { version: "1.10" },
};

describe("fillTemplate", () => {
  it.each([
    ["[{{question}}] [{{ source text }}] [{{größe}}] [{{問い}}] [{{empty}}]", "[Why?] [S] [G] [Q] []"],
    ["{{Source_Text}} {{QUESTION}} {{tags}}", 'S Why? ["a"]'],
    ["{{meta.level}} {{version}} {{ meta }}", '2 1.10 {"level":2}'],
    ["\\{{question}} {{question}}", "{{question}} Why?"],
    ['{"a": {"b": "{{topic}}"}}', '{"a": {"b": "t"}}'],
    ["no place {x} }}", "no place {x} }}"],
  ])("%s is %s", (template, text) => expect(fillTemplate(template, sample)).toBe(text));

  it.each([
    ["{{größ}}", "DATASET_INVALID", /has no "größ"/, /Did you mean {{größe}}/],
    ["{{constructor}}", "DATASET_INVALID", /has no "constructor"/, /It has: question, answer/],
    ["{{#if topic}}x{{/if}}", "DATASET_INVALID", /has no "#if topic"/, /Blocks and filters are not supported/],
    ["{{topic | upper}}", "DATASET_INVALID", /topic \| upper/, /Blocks and filters/],
    ["{% if topic %}x{% endif %}", "INVALID_ARGUMENT", /{% if/, /places for columns only/],
    ["{{{topic}}}", "INVALID_ARGUMENT", /{{{topic}}/, /\\{{/],
    ["{{topic", "INVALID_ARGUMENT", /{{topic/, /does not end/],
    ["{{}}", "INVALID_ARGUMENT", /{{}}/, /A place is/],
  ])("%s is refused", async (template, code, message, hint) => {
    const error = await errorOf(() => fillTemplate(template, sample));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it("never leaves a place in what it gives, whatever the column is called", () => {
    const names = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((name) => name.trim() === name && !/[{}\n]/.test(name) && !name.includes("\\"));
    fc.assert(
      fc.property(names, fc.string(), fc.constantFrom("", " ", "  "), (name, value, space) => {
        const own: Sample = { ...sample, id: value, question: value, answer: value, topic: value, fields: { [name]: value } };
        expect(fillTemplate(`<{{${space}${name}${space}}}>`, own)).toBe(`<${value}>`);
        expect(placesOf(`a {{${space}${name}${space}}} b`)).toEqual([name]);
      }),
      { numRuns: 1000 },
    );
  });
});

it("a prompt that asks the same of all rows is refused, and a placeholder of another tool named", async () => {
  expect((await errorOf(() => checkHasPlace("hello", 2))).message).toContain('"hello" has no placeholder: all 2 rows');
  expect((await errorOf(() => checkHasPlace("Say {question}", 2))).hint).toContain("{{question}} instead of {question}");
  expect(() => checkHasPlace("hello", 1)).not.toThrow();
  expect(() => checkHasPlace("{{topic}}", 2)).not.toThrow();
});

describe("what is sent of a conversation", () => {
  const messages = [
    { role: "system" as const, content: "Own." },
    { role: "user" as const, content: "1?" },
    { role: "assistant" as const, content: "2" },
    { role: "user" as const, content: "Why?" },
  ];
  const chat: Sample = { ...sample, messages };

  it("is all of it, the prompt in place of the last question, and another system prompt in place of its own", () => {
    expect(toMessages(chat, { system: undefined, prompt: "{{question}}" })).toEqual(messages);
    expect(toMessages(chat, { system: "New {{topic}}", prompt: "Q: {{question}}" })).toEqual([
      { role: "system", content: "New t" },
      ...messages.slice(1, 3),
      { role: "user", content: "Q: Why?" },
    ]);
    expect(toMessages(chat, { system: "", prompt: "{{question}}" })).toEqual(messages.slice(1));
  });

  it("a row's own system prompt counts where the study has none", () => {
    const own = { ...sample, system: "Row." };
    expect(toMessages(own, { system: undefined, prompt: "{{question}}" })[0]).toEqual({ role: "system", content: "Row." });
    expect(toMessages(own, { system: "Study.", prompt: "{{question}}" })[0]).toEqual({ role: "system", content: "Study." });
    expect(toMessages(own, { system: "", prompt: "{{question}}" })).toHaveLength(1);
  });
});

it("columns nothing uses are named in one line, unless a prompt asks for them", () => {
  const dataset = { name: "d", path: "d", digest: "", samples: [sample], available: 1, notes: ["N."], unused: ["choices", "assert"] };
  expect(datasetNotes(dataset, ["{{question}} {{choices.0}}"])).toEqual(["N.", expect.stringContaining('the column "assert" is not used')]);
  expect(datasetNotes(dataset, ["{{Choices}} {{assert}}"])).toEqual(["N."]);
});
