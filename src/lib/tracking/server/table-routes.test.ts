import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { trackingServer } from "../../../../test/helpers/tracking-server.js";
import type { TablePage, TableQuery } from "../tables/table.js";
import { TableReader } from "../tables/table-reader.js";

type Files = Record<string, string | Uint8Array>;
type Answer = { status: number } & Partial<TablePage> & { message?: string };

/** A server with a run that has these files; gives what it answers of one. */
async function tablesOf(files: Files): Promise<(path: string, query?: Record<string, string>) => Promise<Answer>> {
  const { url, store } = await trackingServer();
  const { runId, artifactUri } = await store.createRun({ experimentId: "0", runName: "run", startTime: 1 });
  for (const [path, content] of Object.entries(files)) await store.artifacts.write(artifactUri, path, content);
  return async (path, query = {}) => {
    const answer = await fetch(
      `${url}/ajax-api/llmops/1/artifacts/table?${new URLSearchParams({ run_id: runId, path, ...query }).toString()}`,
    );
    return { status: answer.status, ...((await answer.json()) as object) };
  };
}

const ALL: TableQuery = { offset: 0, limit: 500, where: [] };

/** What is read of a file, without a server. */
function readFile(name: string, content: string | Uint8Array, query: Partial<TableQuery> = {}) {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return new TableReader().answer({ path, query: { ...ALL, ...query } });
}

describe("a table in a file of a run", () => {
  it("is read in parts, sorted and filtered, with what its columns are", async () => {
    const ask = await tablesOf({ "a/t.csv": "name,score,ok,zip\nb,2,true,010\na,10,false,020\nc,,True,030\n" });
    const columns = [
      { name: "name", type: "text" },
      { name: "score", type: "number" },
      { name: "ok", type: "boolean" },
      { name: "zip", type: "text" },
    ];
    const [b, a, c] = [
      ["b", 2, true, "010"],
      ["a", 10, false, "020"],
      ["c", null, true, "030"],
    ];
    expect(await ask("a/t.csv")).toEqual({
      ...{ status: 200, columns, total: 3, matching: 3, offset: 0, rows: [b, a, c], broken_line: null },
    });
    expect(await ask("a/t.csv", { offset: "1", limit: "1" })).toMatchObject({ total: 3, offset: 1, rows: [a] });
    expect(await ask("a/t.csv", { sort: "score" })).toMatchObject({ rows: [b, a, c] });
    expect(await ask("a/t.csv", { sort: "-score" })).toMatchObject({ rows: [a, b, c] });
    expect(await ask("a/t.csv", { filter: "FALSE" })).toMatchObject({ matching: 1, rows: [a] });
    const where = JSON.stringify([
      { column: "score", op: ">", value: 1 },
      { column: "name", op: "!=", value: "a" },
    ]);
    expect(await ask("a/t.csv", { where })).toMatchObject({ total: 3, matching: 1, rows: [b] });
  });

  it("is JSON Lines, a list of objects, and what MLflow writes", async () => {
    const rows = [
      { id: 1, tags: ["x"] },
      { id: 2, more: "y" },
    ];
    const ask = await tablesOf({
      "t.jsonl": `${rows.map((row) => JSON.stringify(row)).join("\r\n")}\r\n{"id": 3`,
      "t.json": JSON.stringify(rows),
      "eval_results_table.json": '{"columns": ["id", "score", "id"], "data": [["q1", 0.5, 1], ["q2", NaN, 2]]}',
      "t.json.gz": gzipSync(JSON.stringify(rows)),
    });
    const table = {
      columns: [
        { name: "id", type: "number" },
        { name: "tags", type: "json" },
        { name: "more", type: "text" },
      ],
      rows: [
        [1, ["x"], null],
        [2, null, "y"],
      ],
    };
    for (const path of ["t.jsonl", "t.json", "t.json.gz"]) expect([path, await ask(path)]).toEqual([path, expect.objectContaining(table)]);
    expect(await ask("eval_results_table.json")).toMatchObject({
      columns: [{ name: "id" }, { name: "score", type: "number" }, { name: "id (2)" }],
      rows: [
        ["q1", 0.5, 1],
        ["q2", "NaN", 2],
      ],
    });
  });

  it("says in words what is wrong, and what is not there", async () => {
    const ask = await tablesOf({ "t.csv": "a\n1\n", "x.bin": "a\n1\n", "o.json": '{"a": 1}', "empty.csv": "", "b.jsonl": "{}\n{\n{}" });
    const refused = async (path: string, query?: Record<string, string>) => {
      const { status, message } = await ask(path, query);
      return `${status} ${message}`;
    };
    expect(await refused("none.csv")).toMatch(/^404 .*none\.csv/);
    expect(await refused("../../t.csv")).toMatch(/^400 /);
    expect(await refused("x.bin")).toMatch(/^400 .*CSV, TSV, JSONL, and JSON/);
    expect(await refused("o.json")).toMatch(/^400 .*neither a list of objects/);
    expect(await refused("empty.csv")).toMatch(/^400 .*heading/);
    expect(await refused("b.jsonl")).toMatch(/^400 .*line 2 is not JSON/);
    for (const limit of ["0", "501", "-1", "x"]) expect(await refused("t.csv", { limit })).toMatch(/^400 .*'limit'/);
    expect(await refused("t.csv", { offset: "-1" })).toMatch(/^400 .*'offset'/);
    expect(await refused("t.csv", { sort: "-b" })).toMatch(/^400 .*no column "b"/);
    expect(await refused("t.csv", { where: "[{]" })).toMatch(/^400 .*'where'/);
    expect(await refused("t.csv", { where: '[{"column": "a", "op": "~", "value": 1}]' })).toMatch(/^400 .*op/);
    expect(await refused("t.csv", { where: '[{"column": "a", "op": "<", "value": "x"}]' })).toMatch(/^400 .*"x" is not one/);
  });

  it("is another one once its file has changed", async () => {
    const path = join(temporaryFolder(), "t.csv");
    const reader = new TableReader();
    writeFileSync(path, "a\n1\n");
    expect(reader.answer({ path, query: ALL })).toMatchObject({ page: { rows: [[1]] } });
    writeFileSync(path, "a\n1\n2\n");
    expect(reader.answer({ path, query: ALL })).toMatchObject({ page: { rows: [[1], [2]] } });
  });
});

describe("a hostile file", () => {
  const refusals: [name: string, content: string | Uint8Array, message: RegExp][] = [
    ["nul.csv", "a,b\n1,\0\n", /byte 7 is a NUL/],
    ["deep.json", "[".repeat(1_000_000), /1000000 lists and objects deep/],
    ["deep.jsonl", `${"[".repeat(100_000)}\n`, /deep/],
    ["wide.csv", ",".repeat(5_000_000), /more than 1000 columns/],
    ["wide.json", `[{${Array.from({ length: 2000 }, (_, i) => `"k${i}":1`).join()}}]`, /more than 1000 columns/],
    ["many.csv", `a\n${"1\n".repeat(10_000_001)}`, /more than 10000000 cells/],
    ["bomb.csv.gz", gzipSync(Buffer.alloc(200 * 1024 * 1024, "a")), /more than 128 MiB/],
    ["cut.csv.gz", gzipSync("a,b\n1,2\n").subarray(0, 20), /not a whole gzip file/],
    ["broken.json", '[{"a": 1}', /not JSON/],
  ];
  it.each(refusals)("is refused in words: %s", (name, content, message) => {
    expect(readFile(name, content)).toEqual({ refused: expect.stringMatching(message) as string });
  });

  it("of a gigabyte is refused without being read", () => {
    const path = join(temporaryFolder(), "large.csv");
    writeFileSync(path, "a\n");
    truncateSync(path, 1024 ** 3);
    expect(new TableReader().answer({ path, query: ALL })).toEqual({ refused: expect.stringContaining("more than 128 MiB") as string });
  });

  it("is shown as far as it can be: marks, bytes that are not text, ragged rows, names that are there twice, quotes that stay open", () => {
    const shown = (name: string, content: string | Uint8Array) => {
      const outcome = readFile(name, content);
      if (!("page" in outcome)) throw new Error(outcome.refused);
      return [outcome.page.columns.map((column) => column.name), ...outcome.page.rows];
    };
    expect(shown("mark.csv", "\uFEFFa;b\r\n1;x\r\n")).toEqual([
      ["a", "b"],
      [1, "x"],
    ]);
    expect(shown("wide.csv", Buffer.from("\uFEFFa,b\r\n1,é\r\n", "utf16le"))).toEqual([
      ["a", "b"],
      [1, "é"],
    ]);
    expect(shown("latin.csv", Buffer.from("a,b\n1,\xe9\n", "latin1"))).toEqual([
      ["a", "b"],
      [1, "\uFFFD"],
    ]);
    expect(shown("ragged.csv", "a,b\n1\n1,2,3\n\n,,,\n")).toEqual([
      ["a", "b", "column 3", "column 4"],
      [1, null, null, null],
      [1, 2, 3, null],
      [null, null, null, null],
    ]);
    expect(shown("names.csv", "a,a,,__proto__,a (2)\n1,2,3,4,5\n")).toEqual([
      ["a", "a (2)", "column 3", "__proto__", "a (2) (2)"],
      [1, 2, 3, 4, 5],
    ]);
    expect(shown("open.csv", 'a,b\n1,"x\n2,y\n')).toEqual([
      ["a", "b"],
      [1, "x\n2,y\n"],
    ]);
    expect(shown("proto.jsonl", '{"__proto__": {"x": 1}, "constructor": 2}\n')).toEqual([
      ["__proto__", "constructor"],
      [{ x: 1 }, 2],
    ]);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });

  it("has no cell that travels whole where it is long", () => {
    const outcome = readFile("long.csv", `a,b\n1,"${"x".repeat(10 * 1024 * 1024)}"\n`);
    expect(JSON.stringify(outcome).length).toBeLessThan(20_000);
    const wide = readFile("wide.csv", `${"a,".repeat(999)}a\n${`${`${"y".repeat(100)},`.repeat(999)}y\n`.repeat(200)}`);
    expect(JSON.stringify(wide).length).toBeLessThan(8_000_000);
  });
});

describe("a query of a table", () => {
  const cells = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(null), fc.constantFrom(NaN, Infinity));
  const tables = fc.array(fc.record({ n: cells, t: fc.constantFrom("a", "B", "ab", "", "(") }), { minLength: 1, maxLength: 30 });

  it("keeps what its conditions keep, in order, and its pages are the whole", () => {
    fc.assert(
      fc.property(tables, fc.integer({ min: -3, max: 3 }), fc.constantFrom("a", "B", "("), fc.boolean(), (table, bound, text, isDown) => {
        const file = table.map(({ n, t }) => JSON.stringify({ n: n === null || Number.isFinite(n) ? n : String(n), t, one: 1 })).join("\n");
        const query = { sort: isDown ? "-n" : "n", filter: text, where: [{ column: "n", op: ">", value: bound }] } as const;
        const kept = table
          .map(({ n }, row) => ({ n, row }))
          .filter(({ n, row }) => n !== null && n > bound && (table[row]?.t ?? "").toLowerCase().includes(text.toLowerCase()))
          .sort((a, b) => (a.n === b.n ? a.row - b.row : (isDown ? -1 : 1) * ((a.n ?? 0) < (b.n ?? 0) ? -1 : 1)));
        const path = join(temporaryFolder(), "t.jsonl");
        writeFileSync(path, file);
        const reader = new TableReader();
        const found: unknown[] = [];
        for (let offset = 0; offset <= kept.length; offset += 2) {
          const outcome = reader.answer({ path, query: { ...query, offset, limit: 2 } });
          if (!("page" in outcome)) return expect(table.every(({ n }) => n === null)).toBe(true); // a column of nothing is of texts
          expect([outcome.page.total, outcome.page.matching]).toEqual([table.length, kept.length]);
          found.push(...outcome.page.rows.map(([n]) => n));
        }
        expect(found).toEqual(kept.map(({ n }) => (n === Infinity ? "Infinity" : n)));
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});

describe("whole numbers that a double would round", () => {
  const integers = fc.array(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), { minLength: 1, maxLength: 20 });
  const shown = (value: bigint) => (Number.isSafeInteger(Number(value)) ? Number(value) : String(value));

  it.each(["t.jsonl", "t.json"])("are shown, sorted, and found digit by digit in %s", (name) => {
    fc.assert(
      fc.property(integers, fc.nat(19), (values, place) => {
        const rows = values.map((value) => `{"id": ${value}, "deep": {"id": ${value}}}`);
        const content = name === "t.jsonl" ? rows.join("\n") : `[${rows.join(",")}]`;
        const ids = (query: Partial<TableQuery>) => {
          const answer = readFile(name, content, query);
          return "page" in answer ? answer.page.rows.map(([id]) => id) : answer;
        };
        const wanted = values[place % values.length]!;
        expect(ids({})).toEqual(values.map(shown));
        expect(ids({ sort: "id" })).toEqual([...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(shown));
        for (const value of [wanted, String(wanted)])
          expect(ids({ where: [{ column: "id", op: "=", value }] })).toEqual(values.filter((one) => one === wanted).map(shown));
        expect(ids({ filter: `"id":${wanted}}` })).toContainEqual(shown(wanted));
      }),
      { endOnFailure: true },
    );
  });

  it("are asked for in a condition, and stand in a cell of JSON, as they are written", async () => {
    const ask = await tablesOf({
      "t.jsonl": '{"id": 9007199254740993, "x": [12345678901234567890]}\n{"id": 9007199254740992, "x": [1]}\n',
    });
    const where = '[{"column": "id", "op": "=", "value": 9007199254740993}]';
    expect(await ask("t.jsonl", { where })).toMatchObject({ matching: 1, rows: [["9007199254740993", "[12345678901234567890]"]] });
  });
});

it("a last line that is not whole is no row, and is named; an empty list is called one", async () => {
  const ask = await tablesOf({ "t.jsonl": '{"a": 1}\n\n{"a": 2', "whole.jsonl": '{"a": 1}\n{"a": 2}', "e.json": "[]" });
  expect(await ask("t.jsonl")).toMatchObject({ total: 1, broken_line: 3 });
  expect(await ask("whole.jsonl")).toMatchObject({ total: 2, broken_line: null });
  expect(await ask("e.json")).toMatchObject({ status: 400, message: expect.stringContaining("empty list") });
});
