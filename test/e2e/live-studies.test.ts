import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/lib/tracking/open-store.js";
import { metricValues, type Run } from "../../src/lib/tracking/records.js";
import type { TrackingStore } from "../../src/lib/tracking/tracking-store.js";
import { chatEvent, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { queryStore } from "../helpers/query-store.js";
import { runCli, startCli } from "../helpers/run-cli.js";
import { keptCells } from "../helpers/study-files.js";
import { trackingCommand } from "../helpers/tracking-command.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

const ROWS = 20;
const DEMO = fileURLToPath(new URL("../../models/demo/demo-q8_0.gguf", import.meta.url));

/** A server that answers so many requests and then lets all others wait until it is opened. */
async function gatedUpstream(answered: number) {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  let seen = 0;
  const { url } = await fakeUpstream(async (_, response) => {
    if (++seen > answered) await opened;
    return sendStream(response, ["yes"]);
  });
  onTestFinished(() => open());
  return { url, open };
}

function rowsIn(folder: string): string {
  const rows = Array.from({ length: ROWS }, (_, i) => ({ id: `r${i}`, question: `q${i}`, answer: i % 3 === 0 ? "no" : "yes" }));
  writeFileSync(join(folder, "rows.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return "rows.jsonl";
}

/** How long a mean may take to be seen; a server on a machine that is busy with other tests needs longer for each run. */
const SEEN_MS: Record<string, number> = { "a SQLite file": 3000, "a tracking server": 15_000 };

/** A folder with rows, and how its studies are recorded: in a SQLite file, or by a server in front of one. */
const STORES: Record<string, () => Promise<{ folder: string; uri: string[]; store: () => Promise<TrackingStore> }>> = {
  "a SQLite file": () => {
    const folder = temporaryFolder();
    const store = async () => {
      const opened = await openStore(`sqlite:///${join(folder, "mlflow.db")}`, { create: true });
      onTestFinished(() => opened.close());
      return opened;
    };
    return Promise.resolve({ folder, uri: [], store });
  },
  "a tracking server": async () => {
    const folder = temporaryFolder();
    const url = await trackingCommand(folder);
    const store = async () => {
      const opened = await openStore(url, { create: false });
      onTestFinished(() => opened.close());
      return opened;
    };
    return { folder, uri: ["--tracking-uri", url], store };
  },
};

async function runsOf(store: TrackingStore, name = "sweep"): Promise<{ parent: Run | undefined; children: Run[] }> {
  const experiment = await store.findExperiment(name);
  if (!experiment) return { parent: undefined, children: [] };
  const { items } = await store.searchRuns({ experimentIds: [experiment.experimentId], maxResults: 100 });
  return {
    parent: items.find(({ tags }) => tags["mlflow.parentRunId"] === undefined),
    children: items.filter(({ tags }) => tags["mlflow.parentRunId"] !== undefined),
  };
}

describe("a running sweep, seen from outside", () => {
  it.each(Object.keys(STORES))("has children with means within seconds, and ends and continues when asked to: %s", async (kind) => {
    const { folder, uri, store: open } = await STORES[kind]!();
    const { url, open: release } = await gatedUpstream(24);
    const args = [
      "temperature",
      "0,1",
      "--endpoint",
      url,
      "--model",
      "m",
      "-d",
      rowsIn(folder),
      "--repeats",
      "1",
      "-c",
      "4",
      "--limit",
      "0",
    ];
    const sweep = startCli(["sweep", ...args, ...uri, "--json"], folder);
    while (keptCells(folder) === 0) await sleep(5);
    const begun = performance.now();
    const store = await open();
    const hasMeans = ({ children }: { children: Run[] }) =>
      children.length === 2 && children.every((run) => run.status === "RUNNING" && "accuracy.low" in metricValues(run));
    let seen = await runsOf(store);
    while (!hasMeans(seen)) {
      await sleep(20);
      seen = await runsOf(store);
    }
    expect(performance.now() - begun).toBeLessThan(SEEN_MS[kind]!);
    const { parent, children } = seen;
    expect(parent).toMatchObject({ status: "RUNNING", tags: { "llmops.kind": "sweep" } });
    expect(parent?.tags["llmops.cells"]).toMatch(/^\d+\/40$/);
    expect(Number(parent?.tags["llmops.progress"])).toBeGreaterThan(0);
    for (const run of children) {
      const { accuracy = -1, "accuracy.low": low = 2, "accuracy.high": high = -1, cells = 0 } = metricValues(run);
      expect(low <= accuracy && accuracy <= high && cells > 0).toBe(true);
    }

    await store.logBatch(parent!.runId, { params: {}, metrics: [], tags: { "llmops.stop": "true", "llmops.stop_by": "ada" } });
    const { code, stdout, stderr } = await sweep.finished;
    expect([code, stderr]).toEqual([
      130,
      expect.stringContaining(`Stopped by ada: the tag llmops.stop of run ${parent!.runId} is "true".`),
    ]);
    const stopped = JSON.parse(stdout) as { study: { id: string; status: string; cells: { done: number } } };
    expect(stopped.study).toMatchObject({ status: "interrupted", cells: { done: 24 } });
    const after = await runsOf(store);
    expect([after.parent?.status, ...after.children.map(({ status }) => status)]).toEqual(["KILLED", "KILLED", "KILLED"]);
    expect(after.parent?.tags).toMatchObject({ "llmops.cells": "24/40", "llmops.resume": `llmops sweep --resume ${stopped.study.id}` });

    release();
    const resumed = await runCli(["sweep", "--resume", "last", "--json"], folder);
    expect(resumed.code, resumed.stderr).toBe(0);
    const end = await runsOf(store);
    expect(end.parent).toMatchObject({ runId: parent!.runId, status: "FINISHED" });
    expect(end.parent?.tags).toMatchObject({ "llmops.cells": "40/40", "llmops.progress": "1", "llmops.stop": "false" });
    expect(end.children.map(({ runId }) => runId).sort()).toEqual(children.map(({ runId }) => runId).sort());
    expect(end.children.every((run) => run.status === "FINISHED" && metricValues(run)["cells"] === ROWS)).toBe(true);
    const document = await new Response((await store.readArtifact(parent!.runId, "study.json")) as never).text();
    const { settings, study } = JSON.parse(resumed.stdout) as { settings: object[]; study: { id: string } };
    expect(JSON.parse(document)).toMatchObject({
      ...{ schema: "llmops.study/1", kind: "sweep", status: "finished", cells: { done: 40, total: 40 } },
      result: { settings, study: { id: study.id } },
    });
    const points = `SELECT "key", count(*) AS n FROM metrics GROUP BY run_uuid, "key", step HAVING n > 1`;
    expect(queryStore(folder, points)).toEqual([]);
  });
});

describe("the run of a study that has ended", () => {
  const STUDIES: Record<string, { args: (url: string) => string[]; kind: string; experiment: string }> = {
    ab: {
      args: () => ["ab", "demo", DEMO, "--limit", "6", "--repeats", "1"],
      kind: "ab",
      experiment: "ab",
    },
    optimize: {
      args: () => ["optimize", "temperature=0..1.5", "--trials", "3", "--limit", "12", "--proof", "12", "--proof-repeats", "1"],
      kind: "optimize",
      experiment: "optimize",
    },
    judge: {
      args: (url) => [
        ...["judge", "-d", "answers.jsonl", "--rubric", "accuracy", "--judge-endpoint", url],
        ...["--judge-model", "big", "--method", "generate"],
      ],
      kind: "judge",
      experiment: "judge",
    },
  };

  it.each(Object.keys(STUDIES))("says what it came to, and has what --json prints: %s", async (name) => {
    const { args, kind, experiment } = STUDIES[name]!;
    const folder = temporaryFolder();
    rowsIn(folder);
    const graded = ["yes", "no"].map((answer, i) => ({ id: `a${i}`, question: `q${i}`, answer, reference: "yes" }));
    writeFileSync(join(folder, "answers.jsonl"), graded.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const { url } = await fakeUpstream((_, response) => sendStream(response, ['{"score": 4}']));
    const { code, stdout, stderr } = await runCli([...args(url), "--json"], folder);
    expect([0, 1], stderr).toContain(code);
    const store = await openStore(`sqlite:///${join(folder, "mlflow.db")}`, { create: false });
    onTestFinished(() => store.close());
    const { experimentId = "" } = (await store.findExperiment(experiment)) ?? {};
    const { items } = await store.searchRuns({ experimentIds: [experimentId], maxResults: 100 });
    const parent = items.find(({ tags }) => tags["mlflow.parentRunId"] === undefined);
    expect(items.every(({ status }) => status === "FINISHED")).toBe(true);
    expect(parent?.tags).toMatchObject({ "llmops.kind": kind, "llmops.progress": "1", "llmops.eta_ms": "0" });
    expect(parent?.tags["llmops.verdict"]).toMatch(/\.$/);
    const document = await new Response((await store.readArtifact(parent!.runId, "study.json")) as never).text();
    const printed = JSON.parse(stdout) as object;
    expect(JSON.parse(document)).toMatchObject({ schema: "llmops.study/1", kind, status: "finished", result: printed });
  });
});

it("a setting of which nothing was answered has failed, and the others have not", async () => {
  const { folder, store } = await STORES["a SQLite file"]!();
  const { url } = await fakeUpstream(({ body }, response) =>
    body["temperature"] === 0.5 ? sendJson(response, { error: { message: "no such luck" } }, 400) : sendStream(response, ["yes"]),
  );
  const asked = ["temperature", "0,0.5", "--endpoint", url, "--model", "m", "--dataset", rowsIn(folder), "--repeats", "1"];
  const swept = await runCli(["sweep", ...asked, "--retries", "0"], folder);
  expect(`${swept.stdout}${swept.stderr}`).toContain("20 failed");
  const { parent, children } = await runsOf(await store());
  const statuses = Object.fromEntries(children.map(({ runName, status }) => [runName, status]));
  expect(statuses).toEqual({ "temperature=0": "FINISHED", "temperature=0.5": "FAILED" });
  expect(parent?.status).toBe("FINISHED");
});

it.each([
  ["judge", ["-d", "a.jsonl"]],
  ["pairwise", ["--pairwise", "a.jsonl", "b.jsonl"]],
])("%s of which nothing worked has failed, says why, and leaves nothing to wait for", async (kind, answers) => {
  const { folder, store } = await STORES["a SQLite file"]!();
  for (const [file, answer] of Object.entries({ "a.jsonl": "yes", "b.jsonl": "no" })) {
    const rows = [0, 1, 2].map((i) => ({ id: `r${i}`, question: `q${i}`, answer, reference: "yes" }));
    writeFileSync(join(folder, file), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
  let asked = 0; // first whether it is there
  const { url } = await fakeUpstream((_, response) =>
    ++asked === 1 ? sendStream(response, ["yes"]) : sendJson(response, { error: { message: "no such luck" } }, 400),
  );
  const judge = ["--rubric", "accuracy", "--judge-endpoint", url, "--judge-model", "big", "--method", "generate", "--retries", "0"];
  const { code, stderr } = await runCli(["judge", ...answers, ...judge], folder);
  expect(code, stderr).toBe(3);
  const { parent } = await runsOf(await store(), "judge");
  expect(parent).toMatchObject({ status: "FAILED", tags: { "llmops.kind": kind, "llmops.eta_ms": "0", "llmops.progress": "1" } });
  expect(parent?.tags["llmops.verdict"]).toMatch(/^Nothing was (scored|compared)\.$/);
  expect(parent?.tags["llmops.error"]).toContain("no such luck");
});

it("a study that failed, and succeeds once it is resumed, no longer says why it failed", async () => {
  const { folder, store: open } = await STORES["a SQLite file"]!();
  let isAnswering = false;
  const { url } = await fakeUpstream((_, response) =>
    isAnswering ? sendStream(response, ["yes"]) : sendJson(response, { error: { message: "no such luck" } }, 400),
  );
  const asked = ["--endpoint", url, "--model", "m", "--dataset", rowsIn(folder), "--repeats", "1", "--retries", "0"];
  const failed = await runCli(["sweep", "temperature", "0,1", ...asked], folder);
  expect(failed.code, failed.stderr).toBe(3);
  const store = await open();
  const before = await runsOf(store);
  expect(before.parent?.tags["llmops.error"]).toContain("no such luck");
  isAnswering = true;
  const resumed = await runCli(["sweep", "--resume", "last"], folder);
  expect(resumed.code, resumed.stderr).toBe(0);
  const { parent } = await runsOf(store);
  expect(parent).toMatchObject({ runId: before.parent?.runId, status: "FINISHED" });
  expect(parent?.tags).not.toHaveProperty("llmops.error");
});

describe("a study of which nothing was scored has failed, and says why", () => {
  const FEW = ["--limit", "3", "--repeats", "1", "--retries", "0"];

  /** Ends every answer as one that was filtered. */
  const filtering = () =>
    fakeUpstream((_, response) => {
      const ends = [chatEvent({ content: "" }), chatEvent({}, "content_filter")];
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(`${ends.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`);
    });

  it.each([
    ["sweep", ["sweep", "temperature", "0,1"], 2],
    ["eval", ["eval"], 1],
  ])("%s, and a scoring of it", async (experiment, words, settings) => {
    const { folder, store: open } = await STORES["a SQLite file"]!();
    const { url } = await filtering();
    const asked = await runCli([...words, "--endpoint", url, "--model", "m", "--dataset", rowsIn(folder), ...FEW], folder);
    expect(asked.code, asked.stderr).toBe(3);
    const scored = await runCli(["score", "last", "--scorer", "exact"], folder);
    expect(scored.code, scored.stderr).toBe(3);
    const store = await open();
    for (const name of [experiment, "score"]) {
      const { parent, children } = await runsOf(store, name);
      expect(parent?.status).toBe("FAILED");
      expect(parent?.tags["llmops.error"]).toMatch(/^Nothing was scored\. CONTENT_FILTERED: .*\.$/);
      expect(children.map(({ status }) => status)).toEqual(Array(settings).fill("FAILED"));
    }
  });

  it("also where answers came and the scorer gave no value", async () => {
    const { folder, store } = await STORES["a SQLite file"]!();
    const { url } = await fakeUpstream((_, response) => sendStream(response, ["yes"]));
    writeFileSync(join(folder, "none.mjs"), "export default () => null;\n");
    const scorer = ["--scorer", join(folder, "none.mjs"), "--dataset", rowsIn(folder), ...FEW];
    const { code, stderr } = await runCli(["eval", "--endpoint", url, "--model", "m", ...scorer], folder);
    expect(code, stderr).toBe(3);
    const { parent } = await runsOf(await store(), "eval");
    expect(parent).toMatchObject({ status: "FAILED", tags: { "llmops.error": "Nothing was scored. none gave no value." } });
  });

  it("a search", async () => {
    const { folder, store } = await STORES["a SQLite file"]!();
    const { url } = await filtering();
    const search = ["optimize", "temperature=0..1", "--trials", "2", "--limit", "4", "--retries", "0", "--proof", "0"];
    const { code, stderr } = await runCli([...search, "--endpoint", url, "--model", "m", "--dataset", rowsIn(folder)], folder);
    expect(code, stderr).toBe(3);
    const { parent } = await runsOf(await store(), "optimize");
    expect(parent?.status).toBe("FAILED");
    expect(parent?.tags["llmops.error"]).toMatch(/filter/i);
  });
});

describe("a running load test, seen from outside", () => {
  it("has a run for each level from the start, times with intervals within seconds, and ends when asked to", async () => {
    const { folder, store: open } = await STORES["a SQLite file"]!();
    const { url } = await gatedUpstream(45);
    const args = ["bench", url, "--model", "m", "--concurrency", "1,2,4", "--requests", "40", "--warmup", "0", "--json"];
    const bench = startCli(args, folder);
    const store = await open();
    let seen = await runsOf(store, "bench");
    const of = (value: string) => seen.children.find(({ params }) => params["concurrency"] === value);
    while (of("2") === undefined || !("ttft_ms_p50" in metricValues(of("2")!))) {
      await sleep(20);
      seen = await runsOf(store, "bench");
    }
    expect(seen.children.map(({ status, params }) => [params["concurrency"], status]).sort()).toEqual([
      ["1", "FINISHED"],
      ["2", "RUNNING"],
      ["4", "RUNNING"],
    ]);
    const { ttft_ms_p50: p50 = NaN, "ttft_ms_p50.low": low = NaN, "ttft_ms_p50.high": high = NaN, cells } = metricValues(of("1")!);
    expect(low <= p50 && p50 <= high).toBe(true);
    expect(cells).toBe(40);
    expect(seen.parent).toMatchObject({ status: "RUNNING", tags: { "llmops.kind": "bench", "llmops.cells": "45/120" } });

    const { runId } = seen.parent!;
    await store.logBatch(runId, { params: {}, metrics: [], tags: { "llmops.stop": "true", "llmops.stop_by": "ada" } });
    const { code, stdout, stderr } = await bench.finished;
    expect([code, stderr]).toEqual([130, expect.stringContaining(`Stopped by ada: the tag llmops.stop of run ${runId} is "true".`)]);
    const result = JSON.parse(stdout) as { status: string; levels: { value: number; requests: { done: number } }[] };
    expect(result.status).toBe("interrupted");
    expect(result.levels.map(({ value, requests }) => [value, requests.done])).toEqual([
      [1, 40],
      [2, 5],
    ]);
    const after = await runsOf(store, "bench");
    expect([after.parent?.status, ...after.children.map(({ status }) => status).sort()]).toEqual([
      "KILLED",
      "FINISHED",
      "KILLED",
      "KILLED",
    ]);
    const document = await new Response((await store.readArtifact(runId, "study.json")) as never).text();
    expect(JSON.parse(document)).toMatchObject({ kind: "bench", status: "interrupted", cells: { done: 45, total: 85 }, result });
  });

  it("says at its end what it found", async () => {
    const { folder, store: open } = await STORES["a SQLite file"]!();
    const { url } = await gatedUpstream(1000);
    const bench = ["bench", url, "--model", "m", "--concurrency", "1,2", "--requests", "10", "--warmup", "0", "--json"];
    const { code, stderr } = await runCli([...bench, "--slo", "ttft<60s@50%"], folder);
    expect(code, stderr).toBe(0);
    const { parent, children } = await runsOf(await open(), "bench");
    expect(parent).toMatchObject({ status: "FINISHED", tags: { "llmops.cells": "20/20", "llmops.progress": "1", "llmops.eta_ms": "0" } });
    expect(parent?.tags["llmops.verdict"]).toMatch(/^All objectives are met; at most \d+ tokens\/s at concurrency [12]/);
    expect(children.map(({ status }) => status)).toEqual(["FINISHED", "FINISHED"]);
    expect((await runCli([...bench, "--slo", "ttft<0.001ms"], folder)).code).toBe(1);
  });
});
