import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { readDataset } from "./read-dataset.js";

function file(content: string): string {
  const path = join(temporaryFolder(), "data.jsonl");
  writeFileSync(path, content);
  return path;
}

describe("readDataset", () => {
  it("reads rows, gives missing ids their line number and turns numbers into text", async () => {
    const path = file('\uFEFF{"id": "a", "question": "2 + 2?", "answer": 4, "topic": "sums"}\r\n\n{"question": "Why?"}\n');
    const dataset = await readDataset(path);
    expect(dataset.samples).toEqual([
      { id: "a", question: "2 + 2?", answer: "4", answers: ["4"], topic: "sums", fields: {} },
      { id: "3", question: "Why?", answer: null, answers: [], topic: null, fields: {} },
    ]);
    expect(dataset.name).toBe("data");
    expect(dataset.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ["broken JSON", '{"question": "a"}\n{"question": ', /data\.jsonl:2: not valid JSON at column 14/],
    ["a missing question", '{"answer": "x"}', /data\.jsonl:1: question/],
    ["an empty question", '{"question": "  "}', /data\.jsonl:1: question/],
    ["an array", "[1]", /data\.jsonl:1: row/],
    ["a repeated id", '{"id": 1, "question": "a"}\n{"id": "1", "question": "b"}', /data\.jsonl:2: the id "1" was already used in line 1/],
  ])("refuses %s naming the line", async (_, content, message) => {
    const path = file(content);
    const error = await errorOf(() => readDataset(path));
    expect(error.code).toBe("DATASET_INVALID");
    expect(error.message).toMatch(message);
    expect(error.hint).toBeDefined();
  });

  it("refuses an empty file and a missing one", async () => {
    const empty = file("\n \n");
    expect((await errorOf(() => readDataset(empty))).code).toBe("DATASET_INVALID");
    const error = await errorOf(() => readDataset("/no/such/file.jsonl"));
    expect(error).toMatchObject({ code: "DATASET_NOT_FOUND", exitCode: 2 });
    expect(error.message).toContain("/no/such/file.jsonl does not exist");
  });
});

describe("a subset", () => {
  const rows = (count: number) => file(Array.from({ length: count }, (_, i) => JSON.stringify({ question: `q${i}` })).join("\n"));

  it("is the same for the same seed, in file order, and knows how many rows there were", async () => {
    const path = rows(5000);
    const taken = await readDataset(path, { limit: 10, seed: 1 });
    expect(taken).toMatchObject({ available: 5000, samples: { length: 10 } });
    expect(await readDataset(path, { limit: 10, seed: 1 })).toEqual(taken);
    expect(await readDataset(path, { limit: 10, seed: 2 })).not.toEqual(taken);
    const lines = taken.samples.map((s) => Number(s.id));
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect((await readDataset(path)).digest).toBe(taken.digest);
  });

  it("takes every row equally often", async () => {
    const path = rows(10);
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 400; seed++)
      for (const { id } of (await readDataset(path, { limit: 3, seed })).samples) counts.set(id, (counts.get(id) ?? 0) + 1);
    for (const count of counts.values()) expect(Math.abs(count - 120)).toBeLessThan(45); // 120 +- 5 standard errors
  });

  it("takes all when the limit is not below their number", async () => {
    expect((await readDataset(rows(100), { limit: 100, seed: 1 })).samples).toHaveLength(100);
  });
});

describe("other formats", () => {
  const named = (name: string, content: string | Buffer): string => {
    const path = join(temporaryFolder(), name);
    writeFileSync(path, content);
    return path;
  };
  const expected = [
    { id: "a", question: "Who?", answer: "me", answers: ["me"], topic: null, fields: { level: "1" } },
    { id: "3", question: 'Say "x,y"', answer: null, answers: [], topic: null, fields: { level: "" } },
  ];

  it("are CSV, JSON and YAML", async () => {
    const csv = named("d.csv", '\uFEFFid,question,answer,level\r\na,Who?,me,1\r\n,"Say ""x,y""",,\r\n');
    expect((await readDataset(csv)).samples).toEqual(expected);
    const rows = [
      { id: "a", question: "Who?", answer: "me", level: "1" },
      { id: "3", question: 'Say "x,y"', level: "" },
    ];
    expect((await readDataset(named("d.json", JSON.stringify(rows)))).samples).toEqual(expected);
    expect((await readDataset(named("d.yaml", JSON.stringify(rows)))).samples).toEqual(expected);
  });

  it("accept several answers", async () => {
    const [sample] = (await readDataset(file('{"question": "q", "answer": ["a", 2]}'))).samples;
    expect(sample).toMatchObject({ answer: "a", answers: ["a", "2"] });
  });

  it.each([
    ["d.csv", "id,question\na,b,c\n", /not valid CSV/],
    ["d.csv", "id,text\na,b\n", /d\.csv:2: question/],
    ["d.json", '{"question": "x"}', /not a list of rows/],
    ["d.yaml", "[1", /d\.yaml: /],
    [
      "d.jsonl",
      Buffer.from([...Buffer.from('{"question": "a"}\n{"question": "'), 0xe9, ...Buffer.from('"}')]),
      /d\.jsonl: line 2: byte 15 \(0xE9\) is not UTF-8/,
    ],
    [
      "d.jsonl",
      '{"question": "a", "answer": "x"}\n{"question": "b", "answer": {"right": "y"}}',
      /d\.jsonl:2: answer: expected text, a number/,
    ],
  ])("%s with %j is refused", async (name, content, message) => {
    const path = named(name, content);
    const error = await errorOf(() => readDataset(path));
    expect(error.code).toBe("DATASET_INVALID");
    expect(error.message).toMatch(message);
  });
});
