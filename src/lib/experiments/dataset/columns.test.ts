import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { readDataset } from "./read-dataset.js";
import type { Dataset } from "./sample.js";

const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(rows: readonly object[], map: string[] = []): Promise<Dataset> {
  const path = join(folder, "data.jsonl");
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join("\n"));
  return readDataset(path, { limit: 0, seed: 0, map });
}

describe("columns", () => {
  it.each([
    [{ Question: "q", Answer: "a" }],
    [{ input: "q", ideal: "a" }],
    [{ "User Input": "q", "Expected Output": "a" }],
    [{ PROMPT: "q", Gold: "a" }],
    [{ query: "q", ground_truth: "a" }],
    [{ instruction: "q", output: "a" }],
    [{ question: "q", answers: ["a"] }],
    [{ problem: "q", solution: "a" }],
    [{ question: "q", reference: "a", output: "the model's" }],
    [{ question: "q", input: "other", answer: "a", target: "other" }],
  ])("are found by their usual names: %j", async (row) => {
    expect((await read([row])).samples[0]).toMatchObject({ question: "q", answer: "a" });
  });

  it("that are chosen among several are named", async () => {
    const { notes } = await read([{ Prompt: "q", expected: "a", target: "b" }]);
    expect(notes).toEqual([
      'Columns: "Prompt" is the question; "expected" is the reference answer (not "target": --map answer=... chooses).',
    ]);
    expect((await read([{ question: "q", answer: "a" }])).notes).toEqual([]);
  });

  it("mean what --map says, by name or by a path into one", async () => {
    const row = { prompt: "p", text: "q", meta: { gold: ["a", "b"] }, Model: "m" };
    const dataset = await read([row], ["question=text,answer=meta.gold", "response=Model"]);
    expect(dataset.samples[0]).toMatchObject({ question: "q", answers: ["a", "b"], fields: { response: "m" } });
    expect(dataset.mapping).toBe("answer=meta.gold,question=text,response=Model");
    const error = await errorOf(() => read([row], ["question=txt"]));
    expect(error).toMatchObject({ code: "DATASET_INVALID" });
    expect(error.message).toContain('no column "txt"');
    expect(error.hint).toContain("--map question=text");
    expect(await errorOf(() => read([row], ["question"]))).toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await errorOf(() => read([row], ["question=a,question=b"]))).toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("are not read in another way in later rows: a column that would change the meaning is refused", async () => {
    const rows: object[] = Array.from({ length: 300 }, (_, i) => ({ question: `q${i}`, output: "model" }));
    const error = await errorOf(() => read([...rows, { question: "q", output: "model", answer: "right" }]));
    expect(error.message).toMatch(
      /data\.jsonl:301: a column "answer" appears here, while the reference answer of earlier rows was read from "output"/,
    );
    const without = Array.from({ length: 300 }, (_, i) => ({ question: `q${i}` }));
    expect((await read([...without, { question: "q", answer: "right" }])).samples.at(-1)).toMatchObject({ answer: "right" });
  });

  it("a row that lacks its reference has none, whatever its other columns say", async () => {
    const { samples } = await read([
      { question: "q", answer: "a", output: "m" },
      { question: "q2", output: "m" },
    ]);
    expect(samples[1]).toMatchObject({ answer: null });
  });

  it("an instruction with its input is one question", async () => {
    const { samples, notes } = await read([
      { instruction: "Translate.", input: "Haus", output: "house" },
      { instruction: "Say hello.", input: "", output: "hello" },
    ]);
    expect(samples.map(({ question, answer }) => [question, answer])).toEqual([
      ["Translate.\n\nHaus", "house"],
      ["Say hello.", "hello"],
    ]);
    expect(notes?.[0]).toContain('"instruction" with "input" is the question');
  });

  it("other tools score by are listed, and a system column is the row's own", async () => {
    const { samples, unused, notes } = await read([
      { question: "q", system: "s", assert: [{ type: "equals" }], __expected: "x", pattern: "y", choices: ["a"], level: 1 },
    ]);
    expect(unused).toEqual(["assert", "__expected", "pattern", "choices"]);
    expect(samples[0]).toMatchObject({ system: "s" });
    expect(notes?.[0]).toContain(`"system" is each row's system prompt`);
  });
});

describe("conversations", () => {
  const turns = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "1 + 1?" },
    { role: "assistant", content: "2" },
    { role: "user", content: [{ type: "text", text: "2 + 2?" }] },
    { role: "assistant", content: "4" },
  ];

  it("end with the last user; what the assistant says then is the reference, unless there is an answer", async () => {
    const messages = [...turns.slice(0, 3), { role: "user", content: "2 + 2?" }];
    expect((await read([{ messages: turns }])).samples[0]).toMatchObject({ question: "2 + 2?", answer: "4", messages });
    expect((await read([{ messages: turns, answer: "four" }])).samples[0]).toMatchObject({ answer: "four", messages });
    expect((await read([{ input: turns, ideal: "four" }])).samples[0]).toMatchObject({ answer: "four", messages });
  });

  it("are also read as ShareGPT writes them", async () => {
    const conversations = [
      { from: "human", value: "hi" },
      { from: "gpt", value: "hello" },
    ];
    expect((await read([{ conversations }])).samples[0]).toMatchObject({
      question: "hi",
      answer: "hello",
      messages: [{ role: "user", content: "hi" }],
    });
  });

  it.each([
    [[{ role: "robot", content: "x" }], /messages: message 1: the role "robot" is not known/],
    [[{ role: "system", content: "x" }], /no message of a user/],
    [[{ role: "user", content: [{ type: "image_url" }] }], /a part of type "image_url" is not text/],
    ["hello", /messages: expected a list of messages, found "hello"/],
  ])("that cannot be asked are refused: %j", async (messages, message) => {
    expect((await errorOf(() => read([{ messages }]))).message).toMatch(message);
  });
});
