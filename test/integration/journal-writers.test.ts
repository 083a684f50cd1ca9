import { spawn } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { cellFiles } from "../../src/lib/experiments/study/cell-files.js";
import type { CellRecord } from "../../src/lib/experiments/study/cell-record.js";
import type { FinishedCell } from "../../src/lib/experiments/study/run-cell.js";
import { joinJournal, StudyJournal } from "../../src/lib/experiments/study/study-journal.js";
import { StoredAnswers } from "../../src/lib/experiments/study/stored-answers.js";
import { LlmopsError } from "../../src/lib/base/errors/llmops-error.js";
import { studyJournal } from "../helpers/study-plan.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const WRITER = fileURLToPath(new URL("../helpers/append-cells.mjs", import.meta.url));
const CELLS_EACH = Number(process.env["LLMOPS_JOURNAL_CELLS"] ?? 300);

/** A process that appends cells from..to; gives the numbers it said it kept, once it has ended. With `killAt` it is killed after so many. */
function writer(folder: string, from: number, to: number, killAt = Infinity): Promise<number[]> {
  const child = spawn(process.execPath, [WRITER, folder, "test", String(from), String(to), ...(killAt < Infinity ? ["stays"] : [])]);
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  let problems = "";
  child.stderr.on("data", (part: Buffer) => (problems += part.toString()));
  child.stdout.on("data", (part: Buffer) => {
    said += part.toString();
    if (said.split("\n").length > killAt) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code !== 0 && killAt === Infinity) reject(new Error(problems));
      else resolve(said.split("\n").slice(0, -1).map(Number));
    });
  });
}

function textOf(sample: number): string {
  return `cell ${sample} ü `.repeat(1 + ((sample * 7919) % 400) * (sample % 50 === 0 ? 40 : 1));
}

function load(folder: string): Map<number, CellRecord> {
  const journal = StudyJournal.open(folder, "test");
  const records = new Map<number, CellRecord>();
  journal.load(
    ({ sample }) => sample,
    (record) => records.set(record.sample, record),
  );
  for (const [sample, record] of records) expect(journal.read(sample)).toEqual(record);
  journal.close({ finished: false });
  for (const [sample, record] of [...records].slice(0, 3)) expect(journal.read(sample)).toEqual(record);
  return records;
}

const failed = (sample: number): FinishedCell => ({
  ...{ setting: 0, sample, repeat: 0, seed: 1 },
  outcome: { ok: false, error: new LlmopsError("ENDPOINT_ERROR", "refused") },
});

describe("a journal that several processes write", () => {
  it("loses and tears no cell, also where one of them is killed", async () => {
    const folder = temporaryFolder();
    const own = studyJournal(folder);
    const n = CELLS_EACH;
    const others = [writer(folder, 0, n), writer(folder, n, 2 * n), writer(folder, 2 * n, 3 * n, Math.floor(n / 2))];
    let ended = false;
    const all = Promise.all(others).finally(() => (ended = true));
    let mine = 0;
    while (!ended) {
      own.append(4 * n + mine, failed(4 * n + mine));
      mine++;
      await new Promise((resolve) => setTimeout(resolve, 1)); // lets the others' output in
    }
    const kept = (await all).flat();
    own.close({ finished: false });
    expect(kept.length).toBeGreaterThanOrEqual(2.5 * n);
    const records = load(folder);
    for (const sample of kept) expect(records.get(sample)?.text, String(sample)).toBe(textOf(sample));
    for (let i = 0; i < mine; i++) expect(records.get(4 * n + i)?.error?.code).toBe("ENDPOINT_ERROR");
    const answers = new StoredAnswers(join(folder, "test"));
    onTestFinished(() => answers.close());
    expect(answers.cells()).toHaveLength(records.size);
    expect(answers.record({ setting: 0, sample: kept.at(-1)!, repeat: 0 })?.text).toBe(textOf(kept.at(-1)!));
  });

  it("counts a cell that was answered in one process and failed in another as answered, whoever wrote first", async () => {
    for (const first of ["own", "other"]) {
      const folder = temporaryFolder();
      const own = studyJournal(folder);
      const append = { own: () => Promise.resolve(own.append(7, failed(7))), other: () => writer(folder, 7, 8) };
      await append[first === "own" ? "own" : "other"]();
      await append[first === "own" ? "other" : "own"]();
      own.close({ finished: false });
      expect(load(folder).get(7)?.text).toBe(textOf(7));
    }
  });

  it("keeps what others write apart from a line that a kill cut short, and finds its own between theirs", () => {
    const folder = temporaryFolder();
    const own = studyJournal(folder);
    const [killed, other] = [joinJournal(folder, "test"), joinJournal(folder, "test")];
    killed.append(failed(1));
    own.append(2, failed(2));
    other.append(failed(3));
    own.append(4, failed(4));
    expect(own.read(4)?.sample).toBe(4);
    const files = cellFiles(join(folder, "test")).filter((path) => readFileSync(path, "utf8").includes('"sample":1,'));
    appendFileSync(files[0]!, '{"setting":0,"sam');
    own.append(5, failed(5));
    other.append(failed(6));
    for (const one of [killed, other]) one.close();
    own.close({ finished: false });
    expect([...load(folder).keys()].sort()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("has no file of a writer that wrote nothing, and is dropped only where nobody wrote anything", () => {
    const folder = temporaryFolder();
    const own = studyJournal(folder);
    joinJournal(folder, "test").close();
    expect(readdirSync(join(folder, "test")).sort()).toEqual(["cells.jsonl", "study.json"]);
    const other = joinJournal(folder, "test");
    other.append(failed(1));
    other.close();
    own.abandon();
    expect(load(folder).size).toBe(1);
    const again = StudyJournal.create(folder, { ...own.header, id: "empty" });
    again.abandon();
    expect(readdirSync(folder)).toEqual(["test"]);
  });
});
