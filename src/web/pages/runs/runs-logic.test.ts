import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RunColumns } from "../../api/documents.js";
import { columnId, defaultColumns, differs, fileNames, joinIds, orderTerm, parseColumn, splitIds, type Column } from "./columns.js";
import { csvText } from "./csv.js";
import { complete, readSearch } from "./search-text.js";
import { groupingOf } from "./grouping.js";
import { readWidths } from "./column-widths.js";
import { readView, writeView } from "./view-state.js";
import { lineAt, lineCount, spansOf } from "./tree-rows.js";

const key = fc.string({ minLength: 1, unit: "grapheme" });
const column: fc.Arbitrary<Column> = fc.oneof(
  fc.record({ kind: fc.constantFrom("param", "tag"), key }),
  fc.record({ kind: fc.constant("metric"), key, of: fc.constantFrom("last", "min", "max") }),
);
const KNOWN: RunColumns = {
  is_current: true,
  ...{ total: 4, statuses: { FINISHED: 3, FAILED: 1 } },
  metrics: [
    { key: "acc", runs: 4, min: 0.1, max: 0.9 },
    { key: "acc_ci_low", runs: 4, min: 0, max: 0.8 },
    { key: "val loss", runs: 2, min: 1, max: 1 },
  ],
  params: [
    {
      key: "lr",
      runs: 4,
      distinct: 2,
      values: [
        { value: "0.1", runs: 3 },
        { value: "it's", runs: 1 },
      ],
    },
    { key: "seed", runs: 4, distinct: 1, values: [{ value: "7", runs: 4 }] },
  ],
  tags: [],
};

describe("columns", () => {
  it("come back from an address as they were, whatever their keys", () => {
    fc.assert(
      fc.property(fc.array(column, { minLength: 1 }), (columns) => {
        expect(splitIds(joinIds(columns.map(columnId))).map(parseColumn)).toEqual(columns);
      }),
      { endOnFailure: true },
    );
  });

  it("nobody chose are what most runs have, without the ends of intervals", () => {
    expect(defaultColumns(KNOWN)).toEqual(["a.status", "a.start_time", "a.duration", "m.last.acc", "m.last.val loss", "p.lr", "p.seed"]);
  });

  it("differ where values differ or some runs have none", () => {
    const ids = ["m.last.acc", "m.last.val loss", "p.lr", "p.seed", "a.status"];
    expect(ids.filter((id) => differs(parseColumn(id)!, KNOWN))).toEqual(["m.last.acc", "m.last.val loss", "p.lr", "a.status"]);
  });

  it("sort by the least, the greatest, or the last value", () => {
    expect(orderTerm({ kind: "metric", key: "val loss", of: "min" }, false)).toBe("metrics.`val loss.min` ASC");
    expect(orderTerm({ kind: "attribute", key: "start_time" }, true)).toBe("attributes.start_time DESC");
  });
});

describe("what is typed", () => {
  it.each([
    ["hello world", { words: "hello world" }],
    ["", { words: "" }],
    ["metrics.acc > 0.5", { filter: "metrics.acc > 0.5" }],
    ["params.`a b` = 'x' AND metrics.acc > 0.5", { filter: "params.`a b` = 'x' AND metrics.acc > 0.5" }],
    ["status = 'FAILED'", { filter: "status = 'FAILED'" }],
    ["status report", { words: "status report" }],
    ["metrics.acc >", undefined],
    ["params.lr = '0", undefined],
    ["metrics.acc > 0.5 AND", undefined],
  ])("%s is read as %o", (text, search) => {
    expect(readSearch(text)).toEqual(search);
  });

  it("is completed with keys, values, statuses, and AND", () => {
    const texts = (before: string) => complete(before, KNOWN).map(({ text }) => text);
    expect(texts("los")).toEqual(["metrics.`val loss` "]);
    expect(texts("params.lr = ")).toEqual(["'0.1'"]);
    expect(texts("metrics.acc > 0 AND status = 'FI")).toEqual(["'FINISHED'"]);
    expect(texts("metrics.acc > 0.5 ")).toEqual(["AND "]);
    expect(texts("")).toEqual([]);
  });
});

it("every line of the table is one run or one child, in order", () => {
  const expansions = fc.uniqueArray(fc.record({ index: fc.nat(30), lines: fc.nat(5) }), { selector: ({ index }) => index });
  fc.assert(
    fc.property(expansions, (some) => {
      const sorted = some.sort((a, b) => a.index - b.index);
      const expected = Array.from({ length: 31 }, (_, index) => [
        { index },
        ...Array.from({ length: sorted.find((each) => each.index === index)?.lines ?? 0 }, (_none, child) => ({ index, child })),
      ]).flat();
      expect(lineCount(31, sorted)).toBe(expected.length);
      expect(expected.map((_, line) => lineAt(line, sorted))).toEqual(expected);
    }),
    { endOnFailure: true },
  );
});

it("what is fetched for some lines is what they show", () => {
  const layout = fc.uniqueArray(fc.record({ index: fc.nat(30), lines: fc.nat(5) }), { selector: ({ index }) => index });
  fc.assert(
    fc.property(layout, fc.nat(), fc.nat(20), (some, from, more) => {
      const sorted = some.sort((a, b) => a.index - b.index);
      const first = from % lineCount(31, sorted);
      const last = Math.min(first + more, lineCount(31, sorted) - 1);
      const shown = Array.from({ length: last - first + 1 }, (_, i) => lineAt(first + i, sorted));
      const { tops, below } = spansOf([first, last], sorted);
      expect(tops).toEqual([shown[0]?.index, shown.at(-1)?.index]);
      for (const { index } of sorted) {
        const children = shown.flatMap((line) => (line.index === index && line.child !== undefined ? line.child : []));
        const span = below.get(index);
        expect(span).toEqual(children.length === 0 ? undefined : [children[0], children.at(-1)]);
      }
    }),
    { endOnFailure: true },
  );
});

it("a view comes back from an address as it was, with widths within bounds", () => {
  const widths = { "m.last.a,b%": 300, "a.run_name": 60, "p.lr": 1200 };
  const view = { ...readView(new URLSearchParams("q=x&sort=p.lr&dir=desc")), group: "p.a,b", widths };
  expect(readView(writeView(view))).toEqual({ ...view, widths: Object.assign(Object.create(null) as object, widths) });
  expect(readView(new URLSearchParams("group=m.last.acc&widths=1.p.lr,9e9.p.x,99999.p.y,50.z,x")).group).toBe("");
  expect({ ...readWidths("1.p.lr,9e9.p.x,99999.p.y,50.z,x") }).toEqual({ "p.lr": 60, "p.y": 1200 });
});

it("groups stand by their values, or by the mean of the metric that is sorted by", () => {
  const columns = ["m.last.acc", "m.min.loss", "p.lr"].map((id) => parseColumn(id)!);
  const view = { group: "p.lr", sort: "", isDescending: true };
  expect(groupingOf(view, columns)).toEqual({ by: "params.lr", metrics: ["acc"], order: "value ASC" });
  expect(groupingOf({ ...view, sort: "p.lr" }, columns)?.order).toBe("value DESC");
  expect(groupingOf({ ...view, group: "dataset", sort: "m.last.acc" }, columns)).toMatchObject({
    by: "dataset",
    order: "metrics.`acc` DESC",
  });
  expect(groupingOf({ ...view, group: "" }, columns)).toBeUndefined();
});

it("no cell of a CSV file is a formula, and quotes and lines stay in their cell", () => {
  expect(csvText([["-Infinity", -Infinity, "-Infinity()"]])).toBe("-Infinity,-Infinity,'-Infinity()\r\n");
  expect(csvText([["=1+1", "-2.5", 'a "b"\nc', 3, null]])).toBe(`'=1+1,-2.5,"a ""b""\nc",3,\r\n`);
});

it("a metric and a parameter of one name are told apart in the head of a file", () => {
  const columns: Column[] = [
    { kind: "metric", of: "last", key: "lr" },
    { kind: "param", key: "lr" },
    { kind: "tag", key: "team" },
    { kind: "attribute", key: "duration" },
    { kind: "tag", key: "name" },
  ];
  expect(fileNames(columns)).toEqual(["metrics.lr", "params.lr", "team", "duration_ms", "tags.name"]);
});
