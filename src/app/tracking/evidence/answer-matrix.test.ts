import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AnswersRequest } from "../../../lib/base/pages/answers.js";
import { answerMatrix, ratingKey } from "../../../lib/base/pages/answer-matrix.js";
import { readAnswerTable } from "./answer-table.js";

const table = (columns: string[], ...data: unknown[][]) => readAnswerTable(JSON.stringify({ columns, data }));
const COLUMNS = ["id", "topic", "repeat", "inputs", "targets", "outputs", "error", "accuracy"];
const ask = (part: Partial<AnswersRequest> = {}): AnswersRequest => ({
  ...{
    runIds: [],
    score: undefined,
    show: "all",
    min: undefined,
    max: undefined,
    topic: undefined,
    words: undefined,
    offset: 0,
    limit: 50,
  },
  ...part,
});
const runs = () => [
  {
    runId: "a",
    table: table(
      COLUMNS,
      ["1", "x", 0, "one?", "1", "it is 1", null, 1],
      ["2", "y", 0, "two?", "2", "2", null, 1],
      ["3", "y", 0, "three?", "3", null, "timed out", null],
    ),
  },
  {
    runId: "b",
    table: table(
      COLUMNS,
      ["1", "x", 0, "one?", "1", "no idea", null, 0],
      ["1", "x", 1, "one?", "1", "0", null, 0],
      ["2", "y", 0, "two?", "2", " 2 ", null, 1],
    ),
  },
  { runId: "c", table: undefined },
];
const idsOf = (part: Partial<AnswersRequest>) => answerMatrix(runs(), new Map(), ask(part)).rows.map(({ id }) => id);

describe("answers of runs", () => {
  it("stand beside each other by the ids of rows", () => {
    const found = answerMatrix(runs(), new Map([[ratingKey("b", "1", 1), { value: false, comment: "no", traceId: "tr" }]]), ask());
    expect(found).toMatchObject({ total: 3, matching: 3, score: "accuracy", counts: { all: 3, flips: 1, differ: 1, failed: 1, rated: 1 } });
    expect(found.runs.map(({ mean, hasTable, rows }) => [mean, hasTable, rows])).toEqual([
      [1, true, 3],
      [0.5, true, 2],
      [null, false, 0],
    ]);
    expect(found.rows[0]?.cells.map((cell) => cell.map(({ text, rating }) => [text, rating?.value ?? null]))).toEqual([
      [["it is 1", null]],
      [
        ["no idea", null],
        ["0", false],
      ],
      [],
    ]);
    expect(found.topics).toEqual([
      { topic: "y", rows: 2 },
      { topic: "x", rows: 1 },
    ]);
  });

  it("are filtered by what people look for", () => {
    expect(idsOf({ show: "flips" })).toEqual(["1"]);
    expect(idsOf({ show: "failed" })).toEqual(["3"]);
    expect(idsOf({ topic: "y" })).toEqual(["2", "3"]);
    expect(idsOf({ max: 0.4 })).toEqual(["1"]);
    expect(idsOf({ words: "NO IDEA" })).toEqual(["1"]);
    expect(idsOf({ offset: 1, limit: 1 })).toEqual(["2"]);
  });

  it("whatever the filter, a window is a part of the rows that match, and those a part of all", () => {
    const asked = fc.record({
      show: fc.constantFrom("all", "flips", "differ", "failed", "rated"),
      ...{ offset: fc.nat(5), limit: fc.integer({ min: 1, max: 5 }), words: fc.constantFrom(undefined, "t", "2", "zzz") },
    });
    fc.assert(
      fc.property(asked, (part) => {
        const { rows, matching, total } = answerMatrix(runs(), new Map(), ask(part));
        expect(rows.length).toBe(Math.max(0, Math.min(part.limit, matching - part.offset)));
        expect(matching).toBeLessThanOrEqual(total);
      }),
      { endOnFailure: true },
    );
  });

  it("are cut where they are long, so that a window stays small", () => {
    const long = table(["id", "outputs"], ...Array.from({ length: 50 }, (_, i) => [String(i), "x".repeat(1_000_000)]));
    const { rows } = answerMatrix([{ runId: "a", table: long }], new Map(), ask());
    expect(JSON.stringify(rows).length).toBeLessThan(4_000_000);
    expect(rows[0]?.cells[0]?.[0]?.text).toMatch(/… \(9[\d,]+ more characters\)$/);
  });
});

describe("a table of answers", () => {
  it("of a judge has scores with their reasons", () => {
    const read = table(
      ["id", "inputs", "outputs", "targets", "error", "clarity/v1/score", "clarity/v1/justification"],
      [...["1", "q", "a", "r", null, 4, "clear"]],
    );
    expect(read?.scores).toEqual(["clarity/v1"]);
    expect(read?.rows.get("1")?.answers[0]).toMatchObject({ scores: { "clarity/v1": 4 }, reasons: { "clarity/v1": "clear" } });
  });

  it("is read whatever stands in it, or is none", () => {
    for (const content of ["", "null", "[]", "{", '{"columns": 1, "data": []}', '{"columns": ["id"], "data": [1]}'])
      expect(readAnswerTable(content)).toBeUndefined();
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.array(fc.jsonValue())), (columns, data) => {
        expect(readAnswerTable(JSON.stringify({ columns, data }))?.rows.size).toBeLessThanOrEqual(data.length);
      }),
      { endOnFailure: true },
    );
    const named = table(["__proto__", "id", "outputs"], [1, "constructor", "x"]);
    expect(named?.rows.get("constructor")?.answers[0]?.text).toBe("x");
  });

  it("have a score only where one was given, whatever it is named", () => {
    const own = [{ runId: "a", table: table(["id", "outputs", "constructor", "__proto__"], ["1", "x", 1, 1], ["2", "y", null, null]) }];
    const found = answerMatrix(own, new Map(), ask({ score: "constructor" }));
    expect([found.score, found.scores, found.runs[0]?.mean, found.counts.failed]).toEqual([
      "constructor",
      ["constructor", "__proto__"],
      1,
      1,
    ]);
  });
});

describe("rows of one id that ask something else", () => {
  const columns = ["id", "inputs", "outputs"];

  it("are no repeats, whatever they ask: every answer stands under its own question", () => {
    const one = table(columns, ["d", "q1", "x"], ["d", "q2", "y"], ["d", "q1", "z"], ["d", "q3", "w"]);
    expect([...(one?.rows.values() ?? [])].map(({ id, question, answers }) => [id, question, answers.map(({ text }) => text)])).toEqual([
      ["d", "q1", ["x", "z"]],
      ["d (2)", "q2", ["y"]],
      ["d (3)", "q3", ["w"]],
    ]);
  });

  it("of another run are not beside each other", () => {
    const runs = [
      { runId: "a", table: table(columns, ["1", "q1", "x"], ["2", "same", "s"]) },
      { runId: "b", table: table(columns, ["1", "q2", "y"], ["2", "same", "t"]) },
    ];
    const { rows } = answerMatrix(runs, new Map(), ask());
    expect(rows.map(({ id, question, cells }) => [id, question, cells.map((own) => own.map(({ text }) => text))])).toEqual([
      ["1", "q1", [["x"], []]],
      ["2", "same", [["s"], ["t"]]],
      ["1", "q2", [[], ["y"]]],
    ]);
  });

  it("whatever ids and questions a table has, no answer is lost or stands under another question", () => {
    const rows = fc.array(fc.tuple(fc.constantFrom("a", "a (2)", "b"), fc.constantFrom("q1", "q2", "q3"), fc.string()), { minLength: 1 });
    fc.assert(
      fc.property(rows, (given) => {
        const read = [...(table(columns, ...given)?.rows.values() ?? [])];
        const found = read.flatMap(({ question, answers }) => answers.map(({ text }) => [question, text]));
        expect(found.sort()).toEqual(given.map(([, question, text]) => [question, text]).sort());
      }),
      { endOnFailure: true },
    );
  });
});

it("a score that no answer has is as none, and ids that differ beyond 2^53 are different rows", () => {
  const own = [{ runId: "a", table: table(["id", "outputs", "accuracy"], ["1", "x", 1]) }];
  expect(answerMatrix(own, new Map(), ask({ score: "nope" })).score).toBe("accuracy");
  const long = readAnswerTable('{"columns": ["id", "outputs"], "data": [[9007199254740993, "x"], [9007199254740992, "y"]]}');
  expect([...(long?.rows.keys() ?? [])]).toEqual(["9007199254740993", "9007199254740992"]);
});
