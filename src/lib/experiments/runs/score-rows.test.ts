import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { compareScores } from "./compare-scores.js";
import { checkPairing } from "./pairing.js";
import { scoredFile } from "./scored-source.js";

const NUMBERS = [1, 2, 3, 4].map((id) => `{"id":${id},"score":${id % 2}}`).join("\n");
const TEXTS = [1, 2, 3, 4].map((id) => `{"id":"${id}","score":1}`).join("\n");

async function sourcesOf(...contents: (string | Buffer)[]) {
  const folder = temporaryFolder();
  const read = contents.map((content, i) => {
    const path = join(folder, `scores-${i}`);
    writeFileSync(path, content);
    return scoredFile(path, () => Promise.reject(new Error("no run was named")));
  });
  return Promise.all(read);
}

describe("scores of two files are paired", () => {
  it.each([
    ["ids as numbers and as text", NUMBERS, 4, 0.5],
    ["a byte order mark", `\uFEFF${NUMBERS}`, 4, 0.5],
    ["CRLF", NUMBERS.replaceAll("\n", "\r\n"), 4, 0.5],
    ["NaN as Python writes it", NUMBERS.replace('"score":1', '"score":NaN'), 3, 2 / 3],
    ["CSV", "id,score\n1,1\n2,0\n3,1\n4,0\n", 4, 0.5],
    ["CSV with semicolons, a blank and nan", "id;score\r\n1;1\r\n2;\r\n3;1\r\n4;nan\r\n", 2, 0],
    ["decimal commas", "id;score\n1;0,5\n2;1,0\n3;1\n4;0,5\n", 4, 0.25],
    ["TSV with truth values", "id\tscore\n1\ttrue\n2\tFalse\n", 2, 0.5],
    ["UTF-16", Buffer.from(`\uFEFF${NUMBERS}`, "utf16le"), 4, 0.5],
    ["gzip", gzipSync(NUMBERS), 4, 0.5],
    ["a list", `[${NUMBERS.replaceAll("\n", ",")}]`, 4, 0.5],
    ["YAML", "- {id: 1, score: 1}\n- {id: 2, score: 0}\n", 2, 0.5],
    ["a table of columns and data", '{"columns": ["id", "score"], "data": [[1, 1], [2, NaN]]}', 1, 0],
    ["an id of another usual name", "Sample ID,answer,score\n1,7,0\n2,8,0\n", 2, 1],
  ])("%s", async (_, content, pairs, difference) => {
    const compared = compareScores(await sourcesOf(content, TEXTS)).map(({ score, n, difference: d }) => [score, n, d]);
    expect(compared).toEqual([["score", pairs, expect.closeTo(difference, 12)]]);
  });

  it("and those without a partner are named", async () => {
    const [all, some] = [await sourcesOf(NUMBERS, TEXTS), await sourcesOf(NUMBERS, '{"id": "2", "score": 1}\n{"id": "x", "score": 1}')];
    expect(checkPairing(all)).toEqual([]);
    expect(checkPairing(some)).toEqual([
      '3 of 4 scored samples of scores-0 are left out, having no score in scores-1: "1", "3", "4".',
      '1 of 2 scored samples of scores-1 is left out, having no score in scores-0: "x".',
    ]);
  });

  it("ids beyond 2^53 are kept apart", async () => {
    const [first] = await sourcesOf('{"id": 9007199254740993, "score": 1}\n{"id": 9007199254740992, "score": 0}');
    expect(first?.scores?.get("score")?.size).toBe(2);
  });
});

it("intervals of differences of shares stay within -1 and 1, and three rows have none", async () => {
  const rows = (values: number[]) => values.map((value, id) => JSON.stringify({ id, rouge_l: value })).join("\n");
  const compare = async (first: number[], second: number[]) => compareScores(await sourcesOf(rows(first), rows(second)))[0];
  const [high, low] = [
    [1, 0.9, 0.95, 1, 1, 0.8],
    [0, 0, 0.75, 0, 0.1, 0.7],
  ];
  const { low: from, high: to } = (await compare(high, low)) ?? {};
  expect(from).toBeGreaterThanOrEqual(-1);
  expect(to).toBeLessThan(0);
  expect(await compare(high.slice(0, 3), low.slice(0, 3))).toMatchObject({ low: null, high: null, verdict: "cannot tell" });
});

describe("scores that cannot be paired are refused", () => {
  it("with the ids of both where no row is shared", async () => {
    const { message } = await errorOf(async () => checkPairing(await sourcesOf(TEXTS, '{"id": "a", "score": 1}')));
    expect(message).toBe('scores-0 and scores-1 have no samples in common: scores-0 has "1", "2", "3", ... (4), scores-1 has "a".');
  });

  it("with the scores of both where none is shared", async () => {
    const { message } = await errorOf(async () => checkPairing(await sourcesOf(TEXTS, '{"id": "1", "accuracy": 1}')));
    expect(message).toContain('have no scores in common: scores-0 has "score", scores-1 has "accuracy"');
  });

  it.each([
    ['{"id": "a", "score": 1}\n{"id": "a", "score": 0}\n{"id": "b", "score": 0}'],
    ["id,score\na,1\na,0\nb,1\n"],
    ["question,score\na,1\na,0\n"],
    ['{"columns": ["id", "score"], "data": [["a", 1], ["a", 0]]}'],
    ["id,repeat,score\na,0,1\na,0,0\n"],
  ])("with the ids that several rows have: %j", async (content) => {
    const { message, hint } = await errorOf(() => sourcesOf(content));
    expect(message).toMatch(/scores-0 has several rows of one (?:id|question): "a"\.$/);
    expect(hint).toContain("a column repeat");
    const [repeated] = await sourcesOf("id,repeat,score\na,0,1\na,1,0\n");
    expect(repeated?.scores?.get("score")?.get('"a"')).toEqual([1, 0]);
  });

  it.each([
    ["a,b\n1,2\n", /has no scores of single samples in its columns: a, b\.$/],
    ["id,answer\n1,2\n", /has no scores of single samples in its columns: id, answer\.$/],
    ['{"id": 1, "score": 1}\n{"id": 2, "score": }', /no scores that can be read: .*scores-0:2: not valid JSON at column 20/],
    ['{"id": 1, "score": 1}\n{"score": 0}', /no scores that can be read: Row 2 of the scores has no id\.$/],
  ])("%j", async (content, message) => {
    expect(await errorOf(() => sourcesOf(content))).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(message) as string,
    });
  });
});
