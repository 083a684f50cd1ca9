import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { programHost } from "../../src/app/host/host.js";
import { withStudyExecutor } from "../../src/app/studies/study-executor.js";
import { planStudyWork, type StudyWork } from "../../src/app/studies/study-work.js";
import type { SweepOptions } from "../../src/app/studies/sweep-options.js";
import { inBundles } from "../../src/lib/experiments/study/bundles.js";
import type { CellTask } from "../../src/lib/experiments/study/cell-executor.js";
import { orderCells, orderSamples } from "../../src/lib/experiments/study/cell-order.js";
import { toRecord, type CellRecord } from "../../src/lib/experiments/study/cell-record.js";
import { StudyLedger } from "../../src/lib/experiments/study/study-ledger.js";
import { StudyJournal } from "../../src/lib/experiments/study/study-journal.js";
import { countCells } from "../../src/lib/experiments/study/study.js";
import { errorOf } from "../helpers/error-of.js";
import { chatAnswer, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { studyJournal } from "../helpers/study-plan.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const RUN_CELLS = fileURLToPath(new URL("../helpers/run-cells.mjs", import.meta.url));
const host = programHost();
/** What is measured, and so never the same twice. */
const MEASURED = ["latency_seconds", "first_token_seconds", "tokens_per_second"];

/** A model whose answer tells whether the request was the same, down to its seed; asked to grade, it gives a score that depends on what it sees. */
async function modelThatTells() {
  return fakeUpstream(async ({ method, body }, response) => {
    if (method !== "POST") return sendJson(response, { object: "list", data: [{ id: "big" }] });
    const { stream, ...request } = body;
    const digest = createHash("sha256")
      .update(JSON.stringify({ ...request, stream_options: 0 }))
      .digest();
    const isGrading = JSON.stringify(body["messages"]).includes("score");
    const text = isGrading
      ? `{"score": ${1 + ((digest[0] ?? 0) % 5)}}`
      : `${(digest[0] ?? 0) % 2 === 0 ? "yes" : "no"} ${digest.toString("hex", 1, 5)}`;
    if (stream === true) return sendStream(response, [text]);
    sendJson(response, chatAnswer(text));
  });
}

async function studyOptions(): Promise<SweepOptions> {
  const folder = temporaryFolder();
  const dataset = join(folder, "rows.jsonl");
  writeFileSync(
    dataset,
    Array.from({ length: 9 }, (_, i) => `${JSON.stringify({ question: `q${i} {é}`, answer: "yes", level: i })}\n`).join(""),
  );
  const scorer = join(folder, "mine.mjs");
  writeFileSync(scorer, "export default (sample, completion) => completion.text.length + sample.fields.level;");
  const prompt = join(folder, "prompt.txt");
  writeFileSync(prompt, "Level {{level}}: {{question}}");
  const { url } = await modelThatTells();
  return {
    ...{ dataset, limit: 7, seed: 5, repeats: 2, concurrency: 3, endpoint: url, model: "big" },
    dimensions: [{ name: "temperature", values: [0.3, 1] }, { name: "system", values: ["Be brief.", "__proto__"] }], // prettier-ignore
    ...{ design: "grid", prompt: `@${prompt}`, set: ["top_p=0.9"] },
    scorers: ["contains", "mix=0.5*contains+0.5*rouge_l", "numeric:0.01", scorer, "judge:accuracy"],
    judge: { endpoints: [url], model: "big", method: "generate" },
  };
}

/** Runs cells in another process, of the built code. */
async function elsewhere(folder: string, work: StudyWork, bundles: CellTask[][]): Promise<number> {
  const file = join(temporaryFolder(), "cells.json");
  writeFileSync(file, JSON.stringify({ work, study: "test", bundles }));
  const child = spawn(process.execPath, [RUN_CELLS, file], { env: { ...process.env, LLMOPS_STATE_DIR: folder } });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [said, problems] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (said += part.toString()));
  child.stderr.on("data", (part: Buffer) => (problems += part.toString()));
  return new Promise((resolve, reject) => {
    child.on("close", (code) => (code === 0 ? resolve(Number(said)) : reject(new Error(problems))));
  });
}

/** A record without what was measured. */
function plain({ scores = {}, ...record }: CellRecord): object {
  return {
    ...record,
    firstTokenMs: 0,
    totalMs: 0,
    scores: Object.fromEntries(Object.entries(scores).filter(([name]) => !MEASURED.includes(name))),
  };
}

const placeOf = ({ setting, sample, repeat }: CellTask) => `${setting}/${sample}/${repeat}`;

async function runHere(work: StudyWork) {
  return withStudyExecutor(work, host, async ({ plan, executor }) => {
    const bundles = [...inBundles(orderCells(plan, orderSamples(plan), [...plan.settings.keys()]), 2)];
    const cells = new Map<string, object>();
    for await (const cell of executor.execute(bundles, host.signal)) cells.set(placeOf(cell), plain(toRecord(cell)));
    return { plan, bundles, cells };
  });
}

describe("a study whose cells run elsewhere", () => {
  it("has the same cells as when they run here: plan, scorers and judges go along as JSON, and two processes write the journal", async () => {
    const work = await planStudyWork(await studyOptions(), host);
    expect(JSON.parse(JSON.stringify(work))).toEqual(work);
    const here = await runHere(work);
    expect(here.cells.size).toBe(countCells(here.plan));
    expect(here.cells.size).toBe(4 * 7 * 2);

    const folder = temporaryFolder();
    const journal = studyJournal(join(folder, "studies"));
    const half = Math.ceil(here.bundles.length / 2);
    const ended = await Promise.all([
      elsewhere(folder, work, here.bundles.slice(0, half)),
      elsewhere(folder, work, here.bundles.slice(half)),
    ]);
    expect(ended[0] + ended[1]).toBe(here.cells.size);
    journal.close({ finished: false });

    const again = StudyJournal.open(join(folder, "studies"), "test");
    const there = new Map<string, object>();
    again.load(
      ({ setting, sample, repeat }) => (setting * 100 + sample) * 10 + repeat,
      (record) => there.set(placeOf(record), plain(record)),
    );
    expect(Object.fromEntries(there)).toEqual(Object.fromEntries(here.cells));
    // some right, some wrong, all graded, so that equal cells say something
    const scores = [...here.cells.values()].map((cell) => (cell as { scores: Record<string, number | null> }).scores);
    for (const name of ["contains", "mix", "mine", "judge_accuracy"])
      expect(new Set(scores.map((one) => one[name])).size, name).toBeGreaterThan(1);
    const ledger = new StudyLedger(here.plan, { journal: again });
    ledger.load();
    expect(ledger.state.resumed).toBe(here.cells.size);
    again.close({ finished: true });
  });

  it("runs a model of its own in the other process", async () => {
    const options: SweepOptions = {
      ...{ limit: 4, seed: 2, repeats: 1, concurrency: 1 },
      dimensions: [{ name: "temperature", values: [0, 1] }],
    };
    const work = await planStudyWork(options, host);
    const here = await runHere(work);
    const folder = temporaryFolder();
    const journal = studyJournal(join(folder, "studies"));
    expect(await elsewhere(folder, work, here.bundles)).toBe(8);
    const there = new Map<string, object>();
    journal.load(
      ({ setting, sample }) => setting * 100 + sample,
      (record) => there.set(placeOf(record), plain(record)),
    );
    expect(Object.fromEntries(there)).toEqual(Object.fromEntries(here.cells));
  });

  it("is refused where the dataset is another, or the plan is of another version", async () => {
    const options = await studyOptions();
    const work = await planStudyWork(options, host);
    const open = (one: StudyWork) => errorOf(() => withStudyExecutor(one, host, () => Promise.resolve()));
    const newer = { ...work, plan: { ...work.plan, version: 2 as 1 } };
    expect(await open(newer)).toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining("version") });
    appendFileSync(options.dataset!, `${JSON.stringify({ question: "q", answer: "yes", level: 0 })}\n`);
    expect((await open(work)).code).toBe("STUDY_CHANGED");
  });
});
