import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { chatEvent, fakeUpstream, sendJson, sendStream, chatAnswer } from "../helpers/fake-upstream.js";
import { queryStore } from "../helpers/query-store.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { keptCells, stateFiles as read } from "../helpers/study-files.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const lines = (text: string) => text.split("\n").length - 1;
const metricsInStore = (folder: string) => queryStore<{ n: number }>(folder, "SELECT count(*) AS n FROM metrics")[0]?.n ?? 0;

/** Points at which a study is killed: in the middle, and as its end is recorded. */
const MOMENTS: Record<string, (folder: string) => boolean> = {
  "after some cells": (folder) => keptCells(folder) >= 8,
  "as its first metric is recorded": (folder) => read(folder, /metrics\.jsonl$/) !== "",
  "as the end of a run is recorded": (folder) => read(folder, /journal.*\.jsonl$/).includes('"op":"end"'),
  "as the store takes the first metric": (folder) => metricsInStore(folder) > 0,
  "as the store takes the end of a run": (folder) => queryStore(folder, "SELECT 1 FROM runs WHERE status = 'FINISHED'").length > 0,
};

/** Starts a study, kills it at a moment (or lets it end before), and tells how often the store has a metric at a step. */
async function killAndResume(folder: string, command: string, args: readonly string[], moment: string) {
  const study = startCli([command, ...args], folder);
  let isOver = false;
  void study.finished.then(() => (isOver = true));
  while (!isOver && !MOMENTS[moment]?.(folder)) await sleep(1);
  study.process.kill("SIGKILL");
  await study.finished;
  const resumed = await runCli([command, "--resume", "last", "--json"], folder);
  expect(resumed.code, resumed.stderr).toBe(0);
  return resumed;
}

const points = (folder: string) =>
  queryStore<{ key: string; step: number; n: number }>(
    folder,
    `SELECT "key", step, count(*) AS n FROM metrics GROUP BY run_uuid, "key", step`,
  );
const doubled = (folder: string) => points(folder).filter(({ n }) => n !== 1);
const latest = (folder: string, key: string) =>
  queryStore<{ value: number }>(folder, `SELECT value FROM latest_metrics WHERE "key" = '${key}'`).map(({ value }) => value);

describe("a study that is killed and resumed", () => {
  it.each(Object.keys(MOMENTS))("has no metric of a sweep twice: killed %s", async (moment) => {
    const folder = temporaryFolder();
    const args = ["temperature", "0,1", "--limit", "20", "--repeats", "1"];
    const { stdout } = await killAndResume(folder, "sweep", args, moment);
    expect(points(folder).map(({ key }) => key)).toEqual(expect.arrayContaining(["accuracy", "cells_done", "best_accuracy"]));
    expect(doubled(folder)).toEqual([]);
    expect(latest(folder, "cells_done")).toEqual([20, 20]);
    const { settings } = JSON.parse(stdout) as { settings: { metrics: Record<string, { mean: number }> }[] };
    expect(latest(folder, "accuracy").sort()).toEqual(settings.map(({ metrics }) => metrics["accuracy"]?.mean).sort());
  });

  it("has the metrics of all its cells as the latest, where those of some were recorded before", async () => {
    const folder = temporaryFolder();
    const spent = await runCli(["eval", "--limit", "12", "--repeats", "1", "--budget", "5calls", "-c", "1"], folder);
    expect([spent.code, latest(folder, "cells_done")]).toEqual([4, [5]]);
    for (const budget of ["3calls", "100calls", "100calls"]) await runCli(["eval", "--resume", "last", "--budget", budget], folder);
    expect(queryStore(folder, `SELECT value, step FROM metrics WHERE "key" = 'cells_done' ORDER BY step`)).toEqual([
      { value: 5, step: 0 },
      { value: 8, step: 1 },
      { value: 12, step: 2 },
    ]);
    expect([latest(folder, "cells_done"), doubled(folder)]).toEqual([[12], []]);
  });

  it.each(["after some cells", "as the store takes the first metric"])("has no metric of a judgement twice: killed %s", async (moment) => {
    const folder = temporaryFolder();
    const { url } = await fakeUpstream((_, response) => sendJson(response, chatAnswer('{"score": 4}')));
    const rows = Array.from({ length: 12 }, (_, i) => ({ id: `r${i}`, question: `q${i}`, answer: "yes", reference: "yes" }));
    writeFileSync(join(folder, "answers.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const grade = [
      "-d",
      "answers.jsonl",
      "--rubric",
      "accuracy",
      "--judge-endpoint",
      url,
      "--judge-model",
      "big",
      "--method",
      "generate",
      "-c",
      "1",
    ];
    await killAndResume(folder, "judge", grade, moment);
    expect([latest(folder, "rows_scored"), doubled(folder)]).toEqual([[12], []]);
  });

  it.each(["as its first metric is recorded", "as the store takes the end of a run"])(
    "has no metric of a search twice: killed %s",
    async (moment) => {
      const folder = temporaryFolder();
      const args = ["temperature=0..1.5", "--trials", "4", "--limit", "12", "--proof", "12", "--proof-repeats", "1"];
      const { stdout } = await killAndResume(folder, "optimize", args, moment);
      const keys = points(folder).map(({ key }) => key);
      expect(keys).toEqual(expect.arrayContaining(["best_accuracy", "objective/accuracy", "cells_done"]));
      expect(doubled(folder)).toEqual([]);
      const { trials } = JSON.parse(stdout) as { trials: unknown[] };
      expect(trials).toHaveLength(4);
    },
  );
});

describe("a study that is interrupted in the middle of an answer", () => {
  it("keeps nothing of it, and asks it again", async () => {
    const folder = temporaryFolder();
    const rows = ["q0", "q1", "q2", "q3"].map((question) => ({ id: question, question, answer: "whole" }));
    writeFileSync(join(folder, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    let slow = true;
    let streaming = () => {};
    const begun = new Promise<void>((resolve) => (streaming = resolve));
    const { url, seen } = await fakeUpstream(async ({ body }, response) => {
      const question = JSON.stringify(body["messages"]);
      if (!slow || question.includes("q0")) return sendStream(response, ["who", "le"]);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(chatEvent({ role: "assistant", content: "half" }))}\n\n`);
      if (seen.length >= 4) streaming();
    });
    const args = ["eval", "--endpoint", url, "--model", "big", "-d", "rows.jsonl", "--repeats", "1", "--retries", "0", "-c", "4", "--json"];
    const running = startCli(args, folder);
    await begun;
    await expect.poll(() => keptCells(folder), { interval: 5 }).toBeGreaterThan(0);
    running.process.kill("SIGINT");
    const { code, stdout, stderr } = await running.finished;
    expect(code, stderr).toBe(130);
    expect((JSON.parse(stdout) as { study: object }).study).toMatchObject({
      status: "interrupted",
      cells: { done: 1, failed: 0, filtered: 0, unscored: 0, planned: 4 },
    });
    const kept = read(folder, /cells\.jsonl$/);
    expect([lines(kept), kept.includes("half"), kept.includes('"error"')]).toEqual([1, false, false]);
    slow = false;
    const asked = seen.length;
    const resumed = await runCli(["eval", "--resume", "last", "--json"], folder);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect((JSON.parse(resumed.stdout) as { study: object }).study).toMatchObject({
      status: "finished",
      cells: { done: 4, failed: 0, filtered: 0, unscored: 0, planned: 4, resumed: 1 },
    });
    const again = seen.slice(asked).map(({ body }) => /q\d/.exec(JSON.stringify(body["messages"]))?.[0]);
    expect(again.sort()).toEqual(["q1", "q2", "q3"]);
    const answers = read(folder, /cells\.jsonl$/)
      .trim()
      .split("\n");
    expect(answers.map((line) => (JSON.parse(line) as { text: string }).text)).toEqual(Array(4).fill("whole"));
  });
});
