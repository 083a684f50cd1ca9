import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resolveScorers } from "../../src/lib/experiments/scoring/scorers.js";
import { Budget } from "../../src/lib/experiments/study/budget.js";
import { StudyJournal } from "../../src/lib/experiments/study/study-journal.js";
import type { RunOptions } from "../../src/lib/experiments/study/run-study.js";
import { errorOf } from "../helpers/error-of.js";
import { scriptedTarget } from "../helpers/scripted-target.js";
import { runPlan, studyJournal, studyPlan } from "../helpers/study-plan.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const one = [{ name: "temperature", values: [0] }];
const ALL = { timeoutMs: 60_000, retries: 0 };

/** A study of two rows, scored by a scorer that is named as users do. */
async function studyScoredBy(scorer: string, options: Partial<RunOptions> = {}, answer = () => "yes") {
  const plan = studyPlan(one, 2, { repeats: 1, scorers: await resolveScorers([scorer]) });
  return runPlan(
    plan,
    scriptedTarget(() => answer()),
    { limits: ALL, ...options },
  );
}

function module(content: string): string {
  const path = join(temporaryFolder(), "mine.mjs");
  writeFileSync(path, content);
  return path;
}

describe("a scorer that fails on every row stops the study with SCORER_FAILED", () => {
  it.each([
    ["throws", "() => { throw new Error('no') }", /failed on the row "s\d": no/],
    ["throws what is not an error", "() => { throw null }", /failed on the row/],
    ["rejects", "async () => { throw new TypeError('no') }", /failed on the row "s\d": no/],
    ["gives NaN", "() => NaN", /gave NaN/],
    ["gives an endless number", "() => 1 / 0", /gave Infinity/],
    ["gives an endless value", "() => ({ value: -1 / 0 })", /gave .*-Infinity/],
    ["gives a text", "() => '1'", /gave '1'/],
    ["gives nothing", "() => {}", /gave undefined/],
    ["gives a value that throws when it is read", "() => ({ get value() { throw new Error('mine') } })", /cannot be read: mine/],
    ["gives a promise of its own that throws", "() => ({ then() { throw new Error('mine') } })", /failed on the row "s\d": mine/],
  ])("when it %s", async (_, score, message) => {
    const error = await errorOf(() => studyScoredBy(module(`export default ${score}`)));
    expect(error).toMatchObject({ code: "SCORER_FAILED", exitCode: 3 });
    expect(error.message).toMatch(message);
  });

  it.each([
    ["a promise", "() => new Promise(() => {})"],
    ["a promise of its own", "() => ({ then() {} })"],
  ])("when %s never settles: after the time of --timeout", async (_, score) => {
    const limits = { timeoutMs: 50, retries: 0 };
    const error = await errorOf(() => studyScoredBy(module(`export default ${score}`), { limits }));
    expect(error).toMatchObject({ code: "SCORER_FAILED" });
    expect(error.message).toMatch(/longer than 0\.05 s/);
  });
});

describe("a command that scores", () => {
  it("may print 700 MB: it is stopped, and little of it is kept", async () => {
    const flood = module(
      "const line = 'x'.repeat(1024 * 1024); const go = () => { while (process.stdout.write(line)); process.stdout.once('drain', go); }; go();",
    );
    const before = process.memoryUsage().rss;
    const error = await errorOf(() => studyScoredBy(`command:"${process.execPath}" ${flood}`));
    expect(error.code).toBe("SCORER_FAILED");
    expect(error.message).toMatch(/printed more than 1024 KiB/);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 ** 2);
  });

  it.runIf(process.platform !== "win32")("ends with all it started when its time is over", async () => {
    const folder = temporaryFolder();
    const pidsFile = join(folder, "pids");
    const command = `echo $$ >> '${pidsFile}'; sleep 60 & echo $! >> '${pidsFile}'; wait`;
    const limits = { timeoutMs: 500, retries: 0 };
    const error = await errorOf(() => studyScoredBy(`command:${command}`, { limits }));
    expect(error.message).toMatch(/longer than 0\.5 s/);
    expect(existsSync(pidsFile)).toBe(true);
    const pids = readFileSync(pidsFile, "utf8").trim().split("\n").map(Number);
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });
});

describe("a scorer that fails on one row", () => {
  const failsOnce = module.bind(undefined, "export default (sample) => { if (sample.id === 's1') throw new Error('no'); return 1; };");

  it("leaves that row unscored, with its answer kept", async () => {
    const journal = studyJournal();
    const { table, errors } = await studyScoredBy(failsOnce(), { journal });
    expect(table.counts(0)).toMatchObject({ done: 2, failed: 0, unscored: 1 });
    expect(errors).toMatchObject([{ code: "SCORER_FAILED", cells: 1 }]);
    expect(journal.read(1)).toMatchObject({ text: "yes", scores: { mine: null }, unscored: ["mine"] });
  });

  it("scores the answer it has with --retry-failed, and asks nobody", async () => {
    const folder = temporaryFolder();
    const path = failsOnce();
    const plan = async (scorer: string) => studyPlan(one, 2, { repeats: 1, scorers: await resolveScorers([scorer]) });
    const first = await runPlan(
      await plan(path),
      scriptedTarget(() => "yes"),
      { journal: studyJournal(folder) },
    );
    const fixed = join(temporaryFolder(), "mine.mjs"); // of the same name, and another module
    writeFileSync(fixed, "export default (sample, completion) => (completion.text === 'yes' ? 0.5 : 0);");
    const nobody = scriptedTarget(() => {
      throw new Error("asked again");
    });
    const budget = new Budget({ calls: 1, tokens: 1 });
    const again = await runPlan(await plan(fixed), nobody, { journal: StudyJournal.open(folder, "test"), retryFailed: true, budget });
    expect(again).toMatchObject({ status: "finished", errors: [], latencies: [], resumed: 1, tokens: first.tokens });
    expect(again.table.counts(0)).toMatchObject({ done: 2, failed: 0, unscored: 0 });
    expect(again.table.values("mine", 0)).toEqual([[1], [0.5]]);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
