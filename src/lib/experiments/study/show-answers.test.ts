import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import type { Sample } from "../dataset/sample.js";
import type { StoredStudy } from "./plan-scoring.js";
import { diffSettings, failedCells, findSetting, groupAnswers, selectCells, toShown, worstCells } from "./show-answers.js";
import { StoredAnswers } from "./stored-answers.js";
import { CELLS } from "./cell-files.js";
import type { CellRecord } from "./cell-record.js";
import type { StudyHeader } from "./study-journal.js";

const ROWS = ["a", "b", "c", "d"].map((id, i): Sample => ({
  id,
  question: `q ${id}`,
  answer: "x",
  answers: ["x"],
  topic: i < 2 ? "low" : "high",
  fields: { Level: i % 2 },
}));
type Kept = Partial<CellRecord> & Pick<CellRecord, "setting" | "sample">;

/** A study of two settings whose cells are those given. */
function study(cells: readonly Kept[], direction: "max" | "min" = "max"): StoredStudy {
  const folder = temporaryFolder();
  writeFileSync(join(folder, CELLS), cells.map((cell) => `${JSON.stringify({ repeat: 0, seed: 1, ...cell })}\n`).join(""));
  const answers = new StoredAnswers(folder);
  onTestFinished(() => answers.close());
  const scorers = [
    { name: "contains", kind: "rate", direction, metric: "accuracy" },
    { name: "rouge_l", kind: "mean", direction: "max", range: [0, 1], metric: "rouge_l" },
  ];
  return {
    header: { id: "20261126-000000-0000", command: "sweep", scorers } as unknown as StudyHeader,
    facts: { settings: [{ temperature: 0 }, { temperature: 1, top_k: 3 }] } as unknown as StoredStudy["facts"],
    dataset: { name: "d", path: "d", digest: "", available: ROWS.length, samples: ROWS },
    answers,
  };
}

const scored = (setting: number, sample: number, contains: number | null, text = "t", more: Partial<CellRecord> = {}): Kept => ({
  ...{ setting, sample, text, finishReason: "stop", scores: { contains, rouge_l: 0.5 } },
  ...more,
});
const failed = (setting: number, sample: number): Kept => ({ setting, sample, error: { code: "CONTENT_FILTERED", message: "withheld" } });

describe("the answers of a study", () => {
  const one = () =>
    study([
      scored(0, 0, 1),
      scored(0, 1, 0),
      failed(0, 2),
      scored(1, 0, null, "t", { scorerErrors: { contains: { code: "SCORER_FAILED", message: "broke", reason: "broke" } } }),
      scored(1, 1, 1),
    ]);

  it("without a score are the failed, the filtered and the unscored, with their errors", () => {
    const found = one();
    const cells = failedCells(found, selectCells(found, {}));
    expect(cells.map(({ setting, sample }) => [setting, sample])).toEqual([[0, 2], [1, 0]]); // prettier-ignore
    expect(cells.map((cell) => toShown(found, cell).error)).toEqual([
      { code: "CONTENT_FILTERED", message: "withheld" },
      { code: "SCORER_FAILED", message: "broke" },
    ]);
  });

  it("are the worst by the scorer that decides, whichever way is better, and never those without a score", () => {
    const ids = (direction: "max" | "min", count: number) => {
      const found = study([scored(0, 0, 1), scored(0, 1, 0), failed(0, 2), scored(0, 3, null)], direction);
      return worstCells(found, selectCells(found, {}), count).map((cell) => toShown(found, cell).id);
    };
    expect([ids("max", 1), ids("min", 1), ids("max", 9)]).toEqual([["b"], ["a"], ["b", "a"]]);
  });

  it("of a cell that was asked again are the later one", () => {
    const found = study([failed(0, 0), scored(0, 0, 1, "later")]);
    expect(selectCells(found, {}).map((cell) => toShown(found, cell).answer)).toEqual(["later"]);
  });

  it("are chosen by row and by a setting's name, a part of it only it has", async () => {
    const found = one();
    expect([findSetting(found, "temperature=0"), findSetting(found, "Temperature 1"), findSetting(found, "top_k")]).toEqual([0, 1, 1]);
    expect((await errorOf(() => findSetting(found, "temperature"))).message).toContain("2 settings have");
    expect((await errorOf(() => findSetting(found, "min_p=1"))).hint).toContain("temperature=0");
    expect(selectCells(found, { id: "b", setting: "top_k" })).toEqual([{ setting: 1, sample: 1, repeat: 0 }]);
    expect(await errorOf(() => selectCells(found, { id: "aa" }))).toMatchObject({
      code: "INVALID_ARGUMENT",
      hint: expect.stringContaining("a, b, c") as string,
    });
  });
});

describe("means by a column", () => {
  it("count rows with a score, beside the cells without one, and stay a share", async () => {
    const found = study([scored(0, 0, 1), scored(0, 0, 0, "t", { repeat: 1 }), failed(0, 1), failed(0, 2), scored(0, 3, 1)]);
    const groups = groupAnswers(found, selectCells(found, {}), "topic");
    expect(groups.map(({ value, rows, unscored, estimate }) => [value, rows, unscored, estimate.mean])).toEqual([
      ["high", 1, 1, 1],
      ["low", 1, 1, 0.5],
    ]);
    for (const { estimate } of groups) expect([(estimate.low ?? 0) >= 0, (estimate.high ?? 1) <= 1]).toEqual([true, true]);
    expect(groupAnswers(found, selectCells(found, {}), "level").map(({ value }) => value)).toEqual(["0", "1"]);
    const none = groupAnswers(found, selectCells(found, { id: "c" }), "id");
    expect(none).toMatchObject([{ value: "c", rows: 0, unscored: 1, estimate: { low: null, high: null } }]);
    expect((await errorOf(() => groupAnswers(found, [], "topics"))).hint).toContain("topic");
  });
});

describe("two settings", () => {
  it("differ by score, or else by text; rows that only one has ended are left out", () => {
    const found = study([scored(0, 0, 1, "A"), scored(1, 0, 0, "B"), scored(0, 1, 1, "A"), scored(1, 1, 1, "B"), scored(0, 2, 1)]);
    const differing = diffSettings(found, selectCells(found, {}), [0, 1]);
    expect(differing).toMatchObject({
      rows: 2,
      sameScore: 1,
      differences: [{ a: { id: "a", answer: "A" }, b: { answer: "B" }, scores: [1, 0] }],
    });
    const same = study([scored(0, 0, 1, "A"), scored(1, 0, 1, "B")]);
    expect(diffSettings(same, selectCells(same, {}), [0, 1]).differences).toMatchObject([{ scores: [1, 1] }]);
  });

  it("one of which failed differ", () => {
    const found = study([scored(0, 0, 1), failed(1, 0)]);
    expect(diffSettings(found, selectCells(found, {}), [0, 1]).differences).toMatchObject([
      { b: { error: { code: "CONTENT_FILTERED" } }, scores: [1, null] },
    ]);
  });
});
