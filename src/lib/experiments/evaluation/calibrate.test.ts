import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { createRandom } from "../../base/math/random.js";
import { findRubric } from "../judge/rubric-files.js";
import { consensus, toCard, type LabeledRow } from "./calibrate.js";
import { findCard, listCards, requireKappa, writeCard } from "./calibration-card.js";
import { readLabelRows } from "./label-rows.js";
import { findLabelColumns, joinLabels, readLabels } from "./labels.js";

const { rubric } = findRubric("accuracy");
const FACTS = {
  ...{ rubric, fingerprint: "f00", passAt: 4, anchors: 5, created: "2026-11-21T00:00:00.000Z" },
  judge: { models: ["m"], method: "probability", reason: "none", layout: "rubric_first" },
  dataset: { path: "d.csv", digest: "0" },
};
const rows = (labels: (number | null)[][], scores: (number | null)[]): LabeledRow[] =>
  labels.map((own, i) => ({ id: `r${i}`, question: "q", answer: "a", labels: own, score: scores[i] ?? null }));

describe("a calibration card", () => {
  const random = createRandom(5);
  const people = Array.from({ length: 120 }, () => 1 + Math.floor(5 * random()));
  const judged = people.map((level) => Math.min(5, Math.max(1, level + (random() < 0.2 ? 1 : 0) + (random() - 0.5) / 2)));
  const card = toCard(
    rows(
      people.map((level) => [level]),
      judged,
    ),
    FACTS,
  );

  it("shows agreement beside what chance reaches, with intervals", () => {
    expect(card.kappa.value).toBeGreaterThan(0.85);
    expect(card.kappa.low).toBeLessThan(card.kappa.value ?? 0);
    expect(card.kappa.high).toBeGreaterThan(card.kappa.value ?? 0);
    expect(card.within_one).toBe(1);
    expect(card.exact).toBeGreaterThan(card.majority.exact + 0.3);
    expect(card.bias.low).toBeGreaterThan(0);
    expect(card.spearman).toBeGreaterThan(0.9);
    expect(card.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(120);
    expect(card.human_kappa).toBeNull();
  });

  it("counts passing and failing answers apart", () => {
    expect(card.pass.positives + card.pass.negatives).toBe(120);
    expect(card.pass.tpr).toBeGreaterThan(0.95);
    expect(card.pass.tnr).toBeLessThan(0.98);
  });

  it("freezes answers from all over the scale", () => {
    expect(card.anchors).toHaveLength(5);
    expect(card.anchors[0]?.score).toBeLessThan(2);
    expect(card.anchors.at(-1)?.score).toBeGreaterThan(4);
    expect(card.anchors[0]).not.toHaveProperty("labels");
  });

  it("has people's own agreement as a ceiling, takes their median, and leaves gaps and unscored rows out", () => {
    const labels = [[1, 1, 2], [5, 5, 5], [3, null, 3], [4, 4, 2], [null, null, null], [2, 2, 2]]; // prettier-ignore
    const several = toCard(rows(labels, [1, 5, 3, 4, 3, null]), FACTS);
    expect(several).toMatchObject({ raters: 3, rows: 4, unscored: 1, exact: 1 });
    expect(several.human_kappa?.value).toBeGreaterThan(0.5);
    expect(consensus([4, null, 1])).toBe(1);
    expect(consensus([null])).toBeNull();
  });

  it("does not claim certainty for 20 rows that agree", () => {
    const people = Array.from({ length: 20 }, (_, i) => [1 + (i % 5)]);
    const { kappa, alpha } = toCard(rows(people, people.flat()), FACTS);
    for (const { value, low, high } of [kappa, alpha]) {
      expect([value, high]).toEqual([1, 1]);
      expect(low).toBeLessThan(0.9);
      expect(low).toBeGreaterThan(0.4);
    }
  });

  it("compares pass and fail with scores from the level that passes", () => {
    const passed = toCard(rows([[1], [1], [0], [0], [1], [0]], [5, 3.6, 3.4, 1, 2, null]), { ...FACTS, labels: "pass" });
    expect([passed.bias.low, passed.bias.high].every((end) => end !== null && Math.abs(end) <= 1)).toBe(true);
    expect(passed).toMatchObject({ labels: "pass", rows: 5, unscored: 1, levels: [0, 1], exact: 0.8, confusion: [[2, 0], [1, 2]] }); // prettier-ignore
    expect(passed.pass).toMatchObject({ at: 4, positives: 3, negatives: 2, tnr: 1 });
    expect(passed.pass.tpr).toBeCloseTo(2 / 3, 10);
    expect(passed.kappa.value).toBeCloseTo(0.615, 2);
  });

  it("has no kappa where everything is one level", () => {
    expect(toCard(rows([[3], [3], [3], [3]], [3, 3, 3, 3]), FACTS).kappa).toEqual({ value: null, low: null, high: null });
  });

  it("is kept by criterion and fingerprint, and asked for", async () => {
    const folder = join(temporaryFolder(), "judges");
    expect(listCards(folder)).toEqual([]);
    expect((await errorOf(() => requireKappa(0.6, "accuracy", findCard(folder, "accuracy", "f00")))).message).toContain("never calibrated");
    writeCard(folder, card);
    writeCard(folder, card);
    expect(listCards(folder)).toEqual([card]);
    expect(findCard(folder, "accuracy", "other")).toBeUndefined();
    requireKappa(0.6, "accuracy", findCard(folder, "accuracy", "f00"));
    expect(await errorOf(() => requireKappa(0.999, "accuracy", card))).toMatchObject({ code: "JUDGE_UNCALIBRATED", exitCode: 1 });
    writeFileSync(join(folder, "broken.json"), '{"schema": "llmops.judge-card/1"}');
    expect((await errorOf(() => listCards(folder))).message).toContain("broken.json");
  });
});

describe("people's labels", () => {
  const dataset = (fields: object[]) => ({
    ...{ name: "d", path: "d.csv", digest: "0", available: fields.length },
    samples: fields.map((own, i) => ({
      ...{ id: `r${i}`, place: `d.csv:${i + 1}`, question: "q" },
      ...{ answer: null, answers: [], topic: null, fields: { ...own } },
    })),
  });

  it("stand in a known column, in numbered ones, or in those named", async () => {
    const columnsOf = (row: object, named: string[] = []) => findLabelColumns(dataset([row]), named);
    expect(columnsOf({ human: "3", note: "x" })).toEqual({ columns: ["human"], others: [] });
    expect(columnsOf({ label_2: 1, label_1: 2 }).columns).toEqual(["label_1", "label_2"]);
    expect(columnsOf({ anna: 1, ben: 2 }, ["ben", "Anna"]).columns).toEqual(["ben", "anna"]);
    for (const name of ["Verdict", "PASS", "Score", "grade", "Human Score", "is_correct"]) {
      expect(columnsOf({ question: "q", [name]: 1 }).columns).toEqual([name]);
    }
    expect(columnsOf({ score: 0.3, Human: 4 })).toEqual({ columns: ["Human"], others: ["score"] });
    const error = await errorOf(() => findLabelColumns(dataset([{ anna: 1 }]), ["bn"]));
    expect(error).toMatchObject({ code: "DATASET_INVALID" });
    expect(error.hint).toContain("anna");
  });

  it.each([
    [
      ["pass", "FAIL", ""],
      [1, 0, null],
    ],
    [
      ["yes", "no", "Yes"],
      [1, 0, 1],
    ],
    [
      [true, false, "true"],
      [1, 0, 1],
    ],
    [
      ["good", "bad", "bad"],
      [1, 0, 0],
    ],
    [
      ["1", 0, ""],
      [1, 0, null],
    ],
  ])("are pass and fail as %j", (written, read) => {
    const labels = readLabels(dataset(written.map((a) => ({ a }))), ["a"], rubric);
    expect(labels.kind).toBe("pass");
    expect([...labels.byId.values()].flat()).toEqual(read);
  });

  it("stay levels where they can be, and are never both", async () => {
    expect(readLabels(dataset([{ a: "1" }, { a: 1 }]), ["a"], rubric).kind).toBe("levels");
    const mixed = (...written: unknown[]) => errorOf(() => readLabels(dataset(written.map((a) => ({ a }))), ["a"], rubric));
    expect((await mixed(4, "pass", "fail")).message).toMatch(/"4" is not pass or fail, as most rows have it/);
    expect((await mixed("fail", 4, 5)).message).toMatch(/"fail" is not a level of/);
    expect((await errorOf(() => readLabels(dataset([{ a: "pass" }, { a: 4 }]), ["a"], rubric))).message).toContain(
      'd.csv:1: a: "pass" is not',
    );
  });

  it("are joined by id from a file of their own", async () => {
    const path = join(temporaryFolder(), "labels.csv");
    writeFileSync(path, "id,human\nr1,pass\nr0,fail\nelse,pass\n");
    const labelRows = await readLabelRows(path);
    const joined = joinLabels(dataset([{}, {}, {}]), labelRows);
    expect(joined).toMatchObject({ unmatched: ["else"], unlabeled: 1 });
    expect(joined.dataset.samples.map(({ id }) => id)).toEqual(["r0", "r1"]);
    expect(readLabels(labelRows, ["human"], rubric).byId.get("r1")).toEqual([1]);
    expect((await errorOf(() => joinLabels({ ...dataset([{}]), samples: [] }, labelRows))).message).toContain("No id of");
    writeFileSync(path, "id,human\nr1,pass\nr1,fail\n");
    expect((await errorOf(() => readLabelRows(path))).message).toContain('the id "r1" was already used');
    writeFileSync(path, "name,human\nr1,pass\n");
    expect((await errorOf(() => readLabelRows(path))).message).toContain("the row has no id");
  });

  it("are found by --map in a file of their own, and rows without id go by the dataset's ids", async () => {
    const path = join(temporaryFolder(), "labels.csv");
    writeFileSync(path, "Row;Urteil\nr1;correct\nr0;incorrect\n");
    const mapped = await readLabelRows(path, { map: ["label=Urteil,label_id=Row"] });
    expect([...readLabels(mapped, ["label"], rubric).byId]).toEqual([["r1", [1]], ["r0", [0]]]); // prettier-ignore
    const wrong = await errorOf(() => readLabelRows(path, { map: ["label=Urteill,id=Row"] }));
    expect(wrong).toMatchObject({ code: "DATASET_INVALID" });
    expect(wrong.hint).toContain("--map label=Urteil");
    const own = await readLabelRows(path, { isDataset: true });
    expect(own.samples.map(({ id, place }) => [id, place])).toEqual([["2", `${path}:2`], ["3", `${path}:3`]]); // prettier-ignore
  });

  it("of a column that says who passed are never levels", () => {
    expect(readLabels(dataset([{ Passed: 1 }, { Passed: "1" }]), ["Passed"], rubric)).toMatchObject({ kind: "pass" });
  });

  it("are levels of the rubric, or empty", async () => {
    expect([...readLabels(dataset([{ a: "4" }, { a: "" }, { a: 2 }]), ["a"], rubric).byId.values()]).toEqual([[4], [null], [2]]);
    for (const wrong of ["6", "great", 2.5]) {
      const error = await errorOf(() => readLabels(dataset([{ a: wrong }]), ["a"], rubric));
      expect(error.message).toContain(`d.csv:1: a: "${wrong}" is not a level of accuracy`);
    }
  });
});
