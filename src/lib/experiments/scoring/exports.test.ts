import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { MMLU, readRowsOf as read, scoresOf, type Content } from "../../../../test/helpers/scored-rows.js";
import { defaultScorers } from "./scorers.js";

describe("exports of other tools", () => {
  it("of OpenAI evals have messages as input, and one or several ideals", async () => {
    const input = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Capital of France?" },
    ];
    const dataset = await read([
      { input, ideal: "Paris" },
      { input, ideal: ["Paris", "Paname"] },
    ]);
    expect(dataset.samples[1]).toMatchObject({
      question: "Capital of France?",
      answers: ["Paris", "Paname"],
      messages: [{ role: "system" }, { role: "user" }],
    });
  });

  it.each<[string, Content, string, string]>([
    [
      "LangSmith",
      [{ inputs: { question: "q" }, outputs: { answer: "a" } }],
      "data.jsonl",
      "question=inputs.question,answer=outputs.answer",
    ],
    [
      "lm-eval",
      [{ doc_id: 0, doc: { question: "q", choices: ["x", "y"] }, target: "1", resps: [["B"]] }],
      "data.jsonl",
      "question=doc.question,choices=doc.choices",
    ],
    ["promptfoo", "tests:\n  - vars: {question: q}\n    assert: [{type: equals, value: a}]\n", "p.yaml", "question=vars.question"],
  ])("of %s stand inside of columns: the refusal says the --map", async (_, content, name, map) => {
    const error = await errorOf(() => read(content, { name }));
    expect(error.hint).toContain(`--map ${map}`);
    expect((await read(content, { name, map: [map] })).samples[0]?.question).toBe("q");
  });

  it.each<[object[], RegExp]>([
    [[{ messages: [{ role: "user", content: "hi" }] }, { prompt: "p" }], /data\.jsonl:2: messages: this row has none, but "prompt"/],
    [
      [{ messages: [{ role: "user", content: "hi" }] }, { conversations: [] }],
      /data\.jsonl:2: messages: this row has none, but "conversations"/,
    ],
    [[{ question: "p" }, { messages: [{ role: "user", content: "hi" }] }], /data\.jsonl:2: question: this row has none, but "messages"/],
  ])("that mix conversations and questions are refused with a hint: %j", async (rows, message) => {
    const error = await errorOf(() => read(rows));
    expect(error.message).toMatch(message);
    expect(error.hint).toContain("Write all rows alike");
  });

  it("score rows that bring their own pattern by it", async () => {
    const dataset = await read([{ question: "q", pattern: "^\\d+$" }, { question: "r", pattern: "(" }, { question: "s" }]);
    expect(defaultScorers(dataset)).toEqual(["regex"]);
    expect(await scoresOf(dataset, 0, "regex", ["42", "42 eggs"])).toEqual([1, 0]);
    expect((await errorOf(() => scoresOf(dataset, 1, "regex", ["x"]))).message).toContain(
      'the pattern of the row "2", (, is not a regular expression',
    );
    expect(await scoresOf(dataset, 2, "regex", ["x"])).toEqual([null]);
    expect(defaultScorers(await read([{ question: "q", answer: "a", regex: "a" }]))).toEqual(["contains", "regex"]);
    expect(defaultScorers(await read(MMLU))).toEqual([]);
  });

  it("of promptfoo as CSV: assertions are not references", async () => {
    const csv = "question,__expected\nq,contains:Paris\n";
    expect((await read(csv, { name: "p.csv" })).unused).toEqual(["__expected"]);
    const error = await errorOf(() => read(csv, { name: "p.csv", map: ["answer=__expected"] }));
    expect(error.message).toContain('"contains:Paris" is an assertion of promptfoo');
    expect((await read("question,__expected\nq,Paris\n", { name: "p.csv", map: ["answer=__expected"] })).samples[0]?.answer).toBe("Paris");
  });
});
