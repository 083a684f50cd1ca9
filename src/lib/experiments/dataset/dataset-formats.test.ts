import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { stringify as toCsv } from "csv-stringify/sync";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { stringify as toYaml } from "yaml";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { readDataset } from "./read-dataset.js";

const folder = mkdtempSync(join(tmpdir(), "llmops-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const samplesOf = async (name: string, content: string | Buffer, map: string[] = []) =>
  (await readDataset(file(name, content), { limit: 0, seed: 0, map })).samples;

describe("any table", () => {
  const cell = fc
    .string({ unit: "grapheme", maxLength: 12 })
    .filter((text) => !/[\0\r\uFEFF]/.test(text) && !/^\s*\[[^]*\]\s*$/.test(text));
  const filled = cell.filter((text) => text.trim() !== "");
  const rows = fc.array(fc.record({ question: filled, answer: cell, "größe des Werts": cell }), { minLength: 1, maxLength: 6 });
  const encodings: ((text: string) => Buffer)[] = [
    (text) => Buffer.from(text),
    (text) => Buffer.from(`\uFEFF${text}`),
    (text) => Buffer.from(`\uFEFF${text}`, "utf16le"),
    (text) => Buffer.from(`\uFEFF${text}`, "utf16le").swap16(),
  ];

  it("reads back to the same samples from CSV of any delimiter and quoting, TSV, JSONL, JSON and YAML, in any encoding, also as gzip", async () => {
    const property = fc.asyncProperty(
      rows,
      fc.constantFrom(",", ";", "\t", "|"),
      fc.boolean(),
      fc.constantFrom("\n", "\r\n"),
      fc.constantFrom(...encodings),
      fc.boolean(),
      async (table, delimiter, quoted, end, encode, zipped) => {
        const written = table.map((row, i) => ({ id: `r${i}`, ...row }));
        const texts = {
          "t.csv": toCsv(written, { header: true, delimiter, quoted, record_delimiter: end }),
          "t.tsv": toCsv(written, { header: true, delimiter: "\t", quoted, record_delimiter: end }),
          "t.jsonl": written.map((row) => JSON.stringify(row)).join(end),
          "t.json": JSON.stringify(written, null, 2),
          "t.yaml": toYaml(written),
          "rows.txt": written.map((row) => JSON.stringify(row)).join(end),
        };
        const expected = written.map(({ id, question, answer, ...fields }) => ({
          ...{ id, question: question.trim(), topic: null, fields },
          ...(answer.trim() === "" ? { answer: null, answers: [] } : { answer, answers: [answer] }),
        }));
        for (const [name, text] of Object.entries(texts)) {
          const bytes = encode(text);
          expect(await samplesOf(zipped ? `${name}.gz` : name, zipped ? gzipSync(bytes) : bytes), name).toEqual(expected);
        }
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });

  it("keeps the text of every number of JSON, JSONL and YAML", async () => {
    const numbers = fc.oneof(
      fc.integer().map(String),
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
      fc.tuple(fc.nat(), fc.nat()).map(([whole, part]) => `${whole}.${part}0`),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? "-0.0" : JSON.stringify(value))),
      fc.constantFrom("1.10", "1.0", "-0", "1e5", "1E-9", "9007199254740993", "0.10", "0.0000001"),
    );
    const property = fc.asyncProperty(fc.array(numbers, { minLength: 1, maxLength: 5 }), async (list) => {
      const expected = list.map((text, i) => ({ id: String(i), answer: text }));
      const lines = list.map((text, i) => `{"id": ${i}, "question": "q, 1.50", "answer": ${text}}`);
      for (const [name, content] of [
        ["n.jsonl", lines.join("\n")],
        ["n.json", `[${lines.join(",\n")}]`],
        ["n.yaml", list.map((text, i) => `- {id: ${i}, question: q, answer: ${text}}`).join("\n")],
      ] as const) {
        const samples = await samplesOf(name, content);
        expect(
          samples.map(({ id, answer }) => ({ id, answer })),
          content,
        ).toEqual(expected);
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

describe("values", () => {
  it("of YAML are as they were written", async () => {
    const yaml =
      "- {id: 1, question: 007, answer: 0x1F}\n- {id: 2, question: no, answer: True}\n- {id: 3, question: 12:30, answer: 2024-01-05}\n- {id: 4, question: q, answer: .nan}";
    expect((await samplesOf("v.yaml", yaml)).map(({ question, answer }) => [question, answer])).toEqual([
      ["007", "0x1F"],
      ["no", "True"],
      ["12:30", "2024-01-05"],
      ["q", null],
    ]);
  });

  it("that say nothing are not reference: null, NaN, an empty list or text", async () => {
    for (const value of ["null", "NaN", "[]", '""', '[""]']) {
      expect((await samplesOf("v.jsonl", `{"question": "q", "answer": ${value}}`))[0]).toMatchObject({ answer: null, answers: [] });
    }
  });

  it("beyond 2^53 are ids apart, and 1 is the id 1 however it is written", async () => {
    const big = '{"id": 9007199254740993, "question": "a"}\n{"id": 9007199254740992, "question": "b"}';
    expect((await samplesOf("i.jsonl", big)).map(({ id }) => id)).toEqual(["9007199254740993", "9007199254740992"]);
    const same = file("i.jsonl", '{"id": 1, "question": "a"}\n{"id": "1", "question": "b"}');
    expect((await errorOf(() => readDataset(same))).message).toMatch(/i\.jsonl:2: the id "1" was already used in line 1/);
  });

  it("a row without an id never has the id another row gave itself, before or after it", async () => {
    const rows = '{"id": "2", "question": "a"}\n{"question": "b"}\n{"question": "c"}\n{"id": "3", "question": "d"}';
    const ids = (await samplesOf("i.jsonl", rows)).map(({ id }) => id);
    expect(ids).toEqual(["2", "row-2", "row-3", "3"]);
  });

  it("lists in cells are JSON; objects of known datasets are answers", async () => {
    const csv = 'question,answer\nq,"[""a"",""b""]"\nq,[x]\n';
    expect((await samplesOf("l.csv", csv)).map(({ answers }) => answers)).toEqual([["a", "b"], ["[x]"]]);
    const squad =
      '{"question": "q", "answers": {"text": ["a", "b"], "answer_start": [1, 2]}}\n{"question": "q", "answers": {"value": "a", "aliases": ["c"]}}';
    expect((await samplesOf("l.jsonl", squad)).map(({ answers }) => answers)).toEqual([
      ["a", "b"],
      ["a", "c"],
    ]);
  });
});

describe("a file is read by its content", () => {
  const expected = [{ question: "q1" }, { question: "q2" }];
  it.each([
    ["a list in .jsonl", "d.jsonl", '[\n{"question": "q1"},\n{"question": "q2"}\n]'],
    ["lines in .json", "d.json", '{"question": "q1"}\n{"question": "q2"}\n'],
    ["a list under data", "d.json", '{"version": 1, "data": [{"question": "q1"}, {"question": "q2"}]}'],
    ["JSON in .txt", "d.txt", '[{"question": "q1"}, {"question": "q2"}]'],
    ["YAML in .txt", "d.txt", "- question: q1\n- question: q2\n"],
    ["a table in .txt", "d.txt", "question\tn\nq1\t1\nq2\t2\n"],
    ["Excel's delimiter line", "d.csv", "sep=;\r\nquestion;a, b, c\r\nq1;1\r\nq2;2\r\n"],
    ["a heading with more commas than semicolons", "d.csv", "question;note (a, b, c)\nq1;1\nq2;2\n"],
  ])("%s", async (_, name, content) => {
    expect((await samplesOf(name, content)).map(({ question }) => ({ question }))).toEqual(expected);
  });

  it("errors name line, column and what was found, and hints fit the format", async () => {
    const refused = (name: string, content: string) => errorOf(() => readDataset(file(name, content)));
    expect((await refused("e.json", '[\n  {"question": "q1"},\n  {"question": {"a": 1}}\n]')).message).toContain(
      'e.json:3: question: expected text, found {"a":1}',
    );
    expect((await refused("e.yaml", "- question: q\n- {answer: x}\n")).message).toContain("e.yaml:2: question");
    expect((await refused("e.json", '[\n  {"question": }\n]')).message).toMatch(/e\.json:2: not valid JSON at column 16/);
    const columns = await refused("e.csv", "Text,Gold\na,b\n");
    expect(columns.message).toContain('e.csv:2: question: there is no column of questions; columns: "Text", "Gold"');
    expect(columns.hint).toContain("--map question=Text");
    expect(columns.hint).not.toContain("{");
    expect((await refused("e.csv", "question,answer\na,b,c\n")).hint).not.toContain('{"question"');
    expect((await refused("e.csv", "question,answer,answer\na,b,c\n")).message).toContain('two columns are named "answer"');
  });
});

it("a broken line that mentions NaN is refused as any other", async () => {
  const error = await errorOf(() => samplesOf("nan-in-text.jsonl", '{"question": "what is NaN", "answer": }'));
  expect([error.code, error.message.includes("nan-in-text.jsonl:1")]).toEqual(["DATASET_INVALID", true]);
});

describe("a row with the same key twice", () => {
  const twice = '{"question": "q", "answer": "x", "answer": "y"}';
  it.each([
    ["two.jsonl", `{"question": "p", "answer": "x"}\n${twice}\n`, "two.jsonl:2"],
    ["first.json", `${twice}\n{"question": "p", "answer": "x"}\n`, "first.json:1"],
    ["list.json", '[\n  {\n    "question": "q",\n    "answer": "x",\n    "answer": 1.10\n  }\n]', "list.json:5"],
    ["nan.jsonl", '{"question": "q", "weight": NaN, "answer": "x", "answer": "x"}', "nan.jsonl:1"],
  ])("is refused with its line: %s", async (name, text, place) => {
    const error = await errorOf(() => samplesOf(name, text));
    expect(error.code).toBe("DATASET_INVALID");
    expect(error.message).toContain(`${place}: the key "answer" appears twice`);
  });

  it("is refused in YAML too", async () => {
    const error = await errorOf(() => samplesOf("two.yaml", "- question: q\n  answer: x\n  answer: y\n"));
    expect(error.message).toMatch(/two\.yaml.*unique.*line 3/s);
  });

  it("is refused in a table", async () => {
    const error = await errorOf(() => samplesOf("two.csv", "question,answer,answer\nq,x,y\n"));
    expect(error.message).toContain("answer");
  });
});
