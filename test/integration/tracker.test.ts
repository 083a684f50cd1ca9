import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { LlmopsError } from "../../src/lib/base/errors/llmops-error.js";
import { sendBacklog } from "../../src/lib/tracking/journal/send-backlog.js";
import { mlflowConnection } from "../../src/lib/base/config/mlflow-environment.js";
import { RestStore } from "../../src/lib/tracking/rest/rest-store.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { openStore } from "../../src/lib/tracking/open-store.js";
import { metricValues, type Run } from "../../src/lib/tracking/records.js";
import { createTrackingApp } from "../../src/lib/tracking/server/create-tracking-app.js";
import type { TrackingBackend } from "../../src/lib/tracking/tracking-backend.js";
import { Tracker } from "../../src/lib/tracking/tracker.js";
import { errorOf } from "../helpers/error-of.js";
import { propertyRuns } from "../helpers/property-runs.js";
import { queryStore } from "../helpers/query-store.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

vi.stubEnv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0");

/** A process that starts costs half a second. */
const KILL_ROUNDS = propertyRuns(8);

const dist = (path: string) => JSON.stringify(new URL(`../../dist/lib/tracking/${path}.js`, import.meta.url).href);

function localStore(): { store: TrackingBackend; folder: string; journals: string } {
  const folder = temporaryFolder();
  const store = openLocalStore(folder, { create: true });
  onTestFinished(() => store.close());
  return { store, folder, journals: join(folder, "journals") };
}

async function allRuns(store: TrackingBackend): Promise<Run[]> {
  const { items } = await store.searchExperiments({ maxResults: 100 });
  return (await store.searchRuns({ experimentIds: items.map(({ experimentId }) => experimentId), maxResults: 1000 })).items;
}

/** A tracking server that can be away: then it cuts connections, before or after it has done what it was asked. */
async function flakyServer(): Promise<{ url: string; store: TrackingBackend; set(mode: "up" | "down" | "mute"): void }> {
  const { store } = localStore();
  const app = await createTrackingApp(store, { allowedHosts: [], allowedOrigins: [], token: undefined });
  await app.ready();
  let mode = "up";
  const server: Server = createServer((request, response) => {
    if (mode === "down") {
      request.socket.destroy();
      return;
    }
    if (mode === "mute") response.end = () => response.destroy();
    app.routing(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await app.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, store, set: (next) => (mode = next) };
}

describe("Tracker", () => {
  it("ends what is open where the work cannot go on, and takes nothing more", async () => {
    const { store, journals } = localStore();
    const tracker = new Tracker(store, { folder: journals });
    const [done, open] = [tracker.startRun({ experiment: "e", name: "done" }), tracker.startRun({ experiment: "e", name: "open" })];
    done.end("FINISHED");
    tracker.seal("KILLED");
    open.log({ metrics: [{ key: "late", value: 1 }] });
    open.end("FINISHED");
    tracker.seal("FAILED");
    expect(await tracker.close({ deadlineMs: 5000 })).toBeUndefined();
    const runs = (await allRuns(store)).map(({ runName, status, metrics }) => [runName, status, metrics.length]);
    expect(runs.sort()).toEqual([
      ["done", "FINISHED", 0],
      ["open", "KILLED", 0],
    ]);
  });

  it("records runs, children, datasets, artifacts and links in their order, and leaves no journal", async () => {
    const { store, journals } = localStore();
    const tracker = new Tracker(store, { folder: journals });
    const parent = tracker.startRun({ experiment: "e", name: "parent", userId: "me", startTime: 5.7, tags: { a: "b" } });
    const child = tracker.startRun({ experiment: "e", name: "child", parent });
    child.log({
      params: { lr: "0.1" },
      metrics: [
        { key: "acc", value: Number.NaN },
        { key: "recall@5", value: 1, timestamp: 7.6, step: 1.2 },
      ],
    });
    child.dataset({ name: "d", digest: "1", sourceType: "local", source: "{}", schema: null, profile: null, tags: {} });
    child.artifact("out/a.txt", "hello");
    child.end("FINISHED", 99.4);
    parent.log({ runTags: { best: child } });
    parent.end("FAILED");
    expect(await tracker.close({ deadlineMs: 5000 })).toBeUndefined();
    const runs = await allRuns(store);
    const [made, inner] = [runs.find((run) => run.runName === "parent")!, runs.find((run) => run.runName === "child")!];
    expect(made).toMatchObject({ status: "FAILED", userId: "me", startTime: 6, tags: { a: "b", best: inner.runId } });
    expect(inner).toMatchObject({ status: "FINISHED", endTime: 99, params: { lr: "0.1" }, tags: { "mlflow.parentRunId": made.runId } });
    expect(inner.metrics).toMatchObject([
      { key: "acc", value: Number.NaN },
      { key: "recall_5", value: 1, timestamp: 8, step: 1 },
    ]);
    expect(inner.datasets).toHaveLength(1);
    expect(await text(await store.readArtifact(inner.runId, "out/a.txt"))).toBe("hello");
    expect(readdirSync(journals)).toEqual([]);
  });

  it("never makes the caller wait: entries are taken while the store is away, and arrive in order when it is back", async () => {
    const server = await flakyServer();
    const problems: LlmopsError[] = [];
    const store = await openStore(server.url, { create: true });
    onTestFinished(() => store.close());
    const journals = temporaryFolder();
    const tracker = new Tracker(store, { folder: journals, onProblem: (error) => problems.push(error) });
    server.set("down");
    const runs = Array.from({ length: 50 }, (_, i) => {
      const run = tracker.startRun({ experiment: "outage", name: `r${i}` });
      run.log({ metrics: [{ key: "m", value: i, step: 1 }], params: { p: String(i) } });
      run.end("FINISHED");
      return run;
    });
    expect(await tracker.flush({ deadlineMs: 300 })).toMatchObject({ entries: 150 });
    expect(problems[0]?.code).toBe("STORE_UNREACHABLE");
    expect(tracker.idOf(runs[0]!)).toBeUndefined();
    server.set("up");
    expect(await tracker.close({ deadlineMs: 60_000 })).toBeUndefined();
    const recorded = await allRuns(server.store);
    expect(recorded).toHaveLength(50);
    expect(recorded.every((run) => run.status === "FINISHED" && run.params["p"] === String(metricValues(run)["m"]))).toBe(true);
  });

  it("makes no run twice when the answer to its creation is lost", async () => {
    const server = await flakyServer();
    const store = await openStore(server.url, { create: true });
    onTestFinished(() => store.close());
    const tracker = new Tracker(store, { folder: temporaryFolder() });
    await store.createExperiment({ name: "lost" });
    const first = tracker.startRun({ experiment: "lost", name: "before" });
    await tracker.flush({ deadlineMs: 5000 });
    server.set("mute");
    const run = tracker.startRun({ experiment: "lost", name: "once" });
    run.log({ metrics: [{ key: "m", value: 1, timestamp: 1, step: 1 }] });
    await tracker.flush({ deadlineMs: 1500 });
    server.set("up");
    expect(await tracker.close({ deadlineMs: 10_000 })).toBeUndefined();
    expect((await allRuns(server.store)).map(({ runName }) => runName).sort()).toEqual(["before", "once"]);
    expect((await server.store.getRun(tracker.idOf(run)!)).metrics).toHaveLength(1);
    expect(tracker.idOf(first)).toBeDefined();
  });

  it("makes no run twice either when the client itself would try again", async () => {
    const server = await flakyServer();
    const settings = { ...mlflowConnection({}, "/nowhere"), maxRetries: 3, backoffFactor: 0.01, backoffJitter: 0 };
    const store = new RestStore(new URL(server.url), settings);
    onTestFinished(() => store.close());
    await store.createExperiment({ name: "lost" });
    server.set("mute");
    await expect(store.createRun({ experimentId: "1", startTime: 1 })).rejects.toThrow("cannot be reached");
    expect(await allRuns(server.store)).toHaveLength(1);
  });

  it("goes on after a kill between the sending of an artifact and its acknowledgement", async () => {
    const { store, journals } = localStore();
    const { runId } = await store.createRun({ experimentId: "0", startTime: 1 });
    mkdirSync(journals);
    const id = "00000000-0000-0000-0000-000000000003";
    const header = { schema: "llmops.journal/1", uri: store.uri, host: hostname() };
    const entries = [
      { op: "artifact", run: "k", path: "a.txt", file: `${id}.dropped.blob` },
      { op: "end", run: "k", status: "FINISHED", endTime: 5 },
    ];
    writeFileSync(join(journals, `999999-${id}.jsonl`), [header, ...entries].map((line) => `${JSON.stringify(line)}\n`).join(""));
    writeFileSync(join(journals, `${id}.progress.jsonl`), `${JSON.stringify({ run: "k", id: runId })}\n`);
    expect(await sendBacklog(journals, { uri: undefined, open: () => openStore(store.uri, { create: false }) })).toMatchObject([
      { left: 0, rejected: 0 },
    ]);
    expect(await store.getRun(runId)).toMatchObject({ status: "FINISHED", endTime: 5 });
  });

  it("keeps what could not be sent for the next tracker of the store, which sends it once", async () => {
    const server = await flakyServer();
    const journals = temporaryFolder();
    server.set("down");
    const away = await openStore(server.url, { create: true });
    const tracker = new Tracker(away, { folder: journals });
    const run = tracker.startRun({ experiment: "later", name: "kept" });
    run.artifact("a.txt", "content");
    const backlog = await tracker.close({ deadlineMs: 100 });
    await away.close();
    expect(backlog).toMatchObject({ entries: 2 });
    expect(existsSync(backlog!.path)).toBe(true);
    server.set("up");
    const store = await openStore(server.url, { create: true });
    onTestFinished(() => store.close());
    const next = new Tracker(store, { folder: journals });
    expect(await next.close({ deadlineMs: 5000 })).toBeUndefined();
    const [kept, second] = await allRuns(server.store);
    expect([kept?.runName, second]).toEqual(["kept", undefined]);
    expect(await text(await server.store.readArtifact(kept!.runId, "a.txt"))).toBe("content");
    expect(readdirSync(journals)).toEqual([]);
  });

  it("keeps its file short, however much goes through it", async () => {
    const { store, folder, journals } = localStore();
    const tracker = new Tracker(store, { folder: journals });
    const size = () => Math.max(...readdirSync(journals).map((name) => statSync(join(journals, name)).size));
    const run = tracker.startRun({ experiment: "e", name: "long" });
    for (let i = 0; i < 700; i++) run.log({ metrics: [{ key: "m", value: i, timestamp: 1, step: i }], tags: { text: "x".repeat(7900) } });
    expect(size()).toBeGreaterThan(5_000_000);
    expect(await tracker.flush({ deadlineMs: 10_000 })).toBeUndefined();
    expect(size()).toBeLessThan(1000);
    run.log({ tags: { text: "after" } });
    run.end("FINISHED");
    expect(await tracker.close({ deadlineMs: 10_000 })).toBeUndefined();
    expect(await allRuns(store)).toMatchObject([{ status: "FINISHED", tags: { text: "after" } }]);
    expect(queryStore(folder, "SELECT count(*) AS points FROM metrics")).toEqual([{ points: 700 }]);
  });

  it("leaves the machine to its work while that is busy, unless somebody waits", async () => {
    const { store, journals } = localStore();
    let busy = true;
    const tracker = new Tracker(store, { folder: journals, isBusy: () => busy });
    const started = performance.now();
    const runs = Array.from({ length: 200 }, (_, i) => {
      const run = tracker.startRun({ experiment: "e", name: `r${i}` });
      tracker.together(() => {
        run.log({ params: { p: "1" } });
        run.artifact("a.txt", "text");
        run.end("FINISHED");
      });
      return run;
    });
    await sleep(300);
    expect(tracker.pending).toBe(800);
    tracker.hurry();
    await expect.poll(() => tracker.idOf(runs[0]!), { interval: 5 }).toBeDefined();
    expect(performance.now() - started).toBeLessThan(1000);
    busy = false;
    expect(await tracker.close({ deadlineMs: 20_000 })).toBeUndefined();
    expect((await allRuns(store)).filter(({ status }) => status === "FINISHED")).toHaveLength(200);
  });

  it("sets aside what the store refuses for good, says so, and sends the rest", async () => {
    const { store, journals } = localStore();
    const problems: LlmopsError[] = [];
    const tracker = new Tracker(store, { folder: journals, onProblem: (error) => problems.push(error) });
    const run = tracker.startRun({ experiment: "e", name: "r" });
    run.log({ params: { p: "1" } });
    run.log({ params: { p: "2" }, tags: { lost: "with it" } });
    const long = "content".repeat(10_000); // short texts stand in the journal itself
    run.artifact("../outside", long);
    run.log({ tags: { after: "yes" } });
    run.end("FINISHED");
    await tracker.close({ deadlineMs: 5000 });
    expect((await allRuns(store))[0]).toMatchObject({ params: { p: "1" }, status: "FINISHED", tags: { after: "yes" } });
    expect(problems.map(({ code, message, hint }) => [code, message, hint])).toEqual([
      [
        "STORE_CONFLICT",
        expect.stringMatching(/^The MLflow store refused 2 entries of what was recorded \(.*Changing param values/) as string,
        expect.stringContaining(".rejected.jsonl") as string,
      ],
    ]);
    const [content, list] = ["blob.rejected", "rejected.jsonl"].map((ending) =>
      readdirSync(journals).find((name) => name.endsWith(ending))!,
    );
    expect(readdirSync(journals)).toHaveLength(2);
    expect(readFileSync(join(journals, content!), "utf8")).toBe(long);
    const [first, second] = readFileSync(join(journals, list!), "utf8").trim().split("\n");
    expect(JSON.parse(second!)).toMatchObject({ entry: { path: "../outside", file: content } });
    expect(JSON.parse(first!)).toMatchObject({
      reason: expect.stringContaining("Changing param values"),
      entry: { params: { p: "2" } },
    });
  });

  it("says that a run was deleted while it was recorded: it has no id any more, and what came is kept", async () => {
    const store = await openStore(temporaryFolder(), { create: true });
    onTestFinished(() => store.close());
    const journals = temporaryFolder();
    const problems: LlmopsError[] = [];
    const tracker = new Tracker(store, { folder: journals, onProblem: (error) => problems.push(error) });
    const [run, other] = [tracker.startRun({ experiment: "e" }), tracker.startRun({ experiment: "e" })];
    await tracker.begin();
    await store.deleteRun(tracker.idOf(run) ?? "");
    for (const one of [run, other]) one.log({ tags: { late: "yes" } });
    await tracker.flush({ deadlineMs: 5000 });
    expect([tracker.idOf(run), tracker.idOf(other)]).toEqual([undefined, expect.any(String)]);
    await tracker.close({ deadlineMs: 5000 });
    expect(problems[0]).toMatchObject({ code: "STORE_CONFLICT", message: expect.stringContaining("deleted") as string });
    const list = readdirSync(journals).find((name) => name.endsWith("rejected.jsonl")) ?? "";
    expect(problems[0]?.hint).toContain(join(journals, list));
  });

  it("throws the first failure to who wants to know before the work, and then forgets what never began", async () => {
    const server = await flakyServer();
    server.set("down");
    const store = await openStore(server.url, { create: true });
    onTestFinished(() => store.close());
    const journals = temporaryFolder();
    const problems: LlmopsError[] = [];
    const tracker = new Tracker(store, { folder: journals, onProblem: (error) => problems.push(error) });
    tracker.startRun({ experiment: "e" });
    const error = await errorOf(() => tracker.begin());
    expect(error).toMatchObject({ code: "STORE_UNREACHABLE", exitCode: 3 });
    expect(error.hint).toContain("llmops mlflow server");
    expect(await tracker.close({ deadlineMs: 1000 })).toBeUndefined();
    expect(readdirSync(journals)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("throws what the store refuses from the start", async () => {
    const { store, journals } = localStore();
    const { experimentId } = await store.createExperiment({ name: "gone" });
    await store.deleteExperiment(experimentId);
    const tracker = new Tracker(store, { folder: journals });
    tracker.startRun({ experiment: "gone" });
    expect((await errorOf(() => tracker.begin())).message).toBe('The experiment "gone" was deleted.');
  });

  it("refuses to begin where the journal cannot be written", async () => {
    const { store, folder } = localStore();
    writeFileSync(join(folder, "file"), "");
    const error = await errorOf(() => new Tracker(store, { folder: join(folder, "file", "journals") }));
    expect(error.code).toBe("STORE_UNWRITABLE");
    expect(error.hint).toContain("LLMOPS_STATE_DIR");
  });
});

describe("a process that is killed", () => {
  const script = (folder: string, journals: string) => `
    import { openStore } from ${dist("open-store")};
    import { Tracker } from ${dist("tracker")};
    const store = await openStore(${JSON.stringify(folder)}, { create: true });
    const tracker = new Tracker(store, { folder: ${JSON.stringify(journals)} });
    for (let i = 0; ; i++) {
      const run = tracker.startRun({ experiment: "killed", name: "run-" + i });
      run.log({ metrics: Array.from({ length: 5 }, (_, k) => ({ key: "m" + k, value: i, timestamp: k, step: k })) });
      run.end("FINISHED");
      if (i === 20) console.log("going");
      await new Promise((resolve) => setTimeout(resolve, i % 10 === 0 ? 1 : 0));
    }`;

  it("loses nothing of its journal: every run arrives once and whole", async () => {
    const { store, folder, journals } = localStore();
    await killWhenItSays("going", script(folder, journals), 60);
    const written = journalEntries(journals).filter((entry) => entry["op"] === "end").length;
    expect(written).toBeGreaterThan(0);
    const sent = await sendBacklog(journals, { uri: undefined, open: (uri) => openStore(uri, { create: false }) });
    expect(sent).toMatchObject([{ left: 0, rejected: 0, error: undefined }]);
    const runs = await allRuns(store);
    const names = runs.map(({ runName }) => runName);
    expect(new Set(names).size).toBe(names.length);
    const finished = runs.filter(({ status }) => status === "FINISHED");
    expect(finished.length).toBeGreaterThanOrEqual(written);
    expect(finished.every(({ metrics }) => metrics.length === 5)).toBe(true);
    expect(readdirSync(journals)).toEqual([]);
  });

  it(`leaves a store that opens and holds only whole batches, ${4 * KILL_ROUNDS} times over`, async () => {
    const { store, folder } = localStore();
    const { runId } = await store.createRun({ experimentId: "0", startTime: 1 });
    const writer = `
      import { openStore } from ${dist("open-store")};
      const store = await openStore(${JSON.stringify(folder)}, { create: false });
      for (let i = 0; ; i++) {
        const at = Date.now() * 1000 + i;
        const metrics = Array.from({ length: 20 }, (_, k) => ({ key: "k" + k, value: process.pid, timestamp: at, step: i }));
        await store.logBatch(${JSON.stringify(runId)}, { metrics, params: { ["p" + process.pid + "-" + i]: "x" } });
        if (i === 0) console.log("going");
      }`;
    for (let round = 0; round < KILL_ROUNDS; round++) {
      // four writers at once: they also wait for each other
      await Promise.all([1, 2, 3, 4].map((offset) => killWhenItSays("going", writer, (round * 7 + offset * 5) % 40)));
      const [{ points, params }] = queryStore<{ points: number; params: number }>(
        folder,
        "SELECT (SELECT count(*) FROM metrics) AS points, (SELECT count(*) FROM params) AS params",
      ) as [{ points: number; params: number }];
      expect(points).toBe(params * 20);
    }
    expect(queryStore(folder, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
    expect(Object.keys((await store.getRun(runId)).params).length).toBeGreaterThanOrEqual(4 * KILL_ROUNDS);
  });

  it("is not robbed of its journal while it lives", async () => {
    const { store, folder, journals } = localStore();
    const child = spawn(process.execPath, ["--input-type=module", "-e", script(folder, journals)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(await sendBacklog(journals, { uri: undefined, open: () => Promise.resolve(store) })).toEqual([]);
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
  });

  it.each([
    ["gone, and its number another process has now", `${process.ppid}.0123456789abcdef`, true],
    ["gone, and its number this process has now, as in a container", `${process.pid}.0123456789abcdef`, true],
    ["gone, as an earlier version named it", "999999", true],
    ["alive, as an earlier version named it", `${process.ppid}`, false],
  ])("is %s: its journal is sent: %s, %s", async (_, owner, isSent) => {
    const { store, journals } = localStore();
    mkdirSync(journals);
    const header = JSON.stringify({ schema: "llmops.journal/1", uri: store.uri, host: hostname() });
    const run = JSON.stringify({ op: "run", run: "k", experiment: "e", name: "left", startTime: 1, userId: "", tags: {} });
    writeFileSync(join(journals, `${owner}-00000000-0000-0000-0000-000000000001.jsonl`), `${header}\n${run}\n`);
    expect(await new Tracker(store, { folder: journals }).close({ deadlineMs: 5000 })).toBeUndefined();
    expect((await allRuns(store)).map(({ runName }) => runName)).toEqual(isSent ? ["left"] : []);
  });

  it("may have died in the middle of a line, or before its first", async () => {
    const { store, journals } = localStore();
    mkdirSync(journals);
    const header = JSON.stringify({ schema: "llmops.journal/1", uri: store.uri, host: hostname() });
    const run = JSON.stringify({ op: "run", run: "k", experiment: "e", name: "whole", startTime: 1, userId: "", tags: {} });
    writeFileSync(join(journals, "999999-00000000-0000-0000-0000-000000000001.jsonl"), `${header}\n${run}\n{"op": "bat`);
    writeFileSync(join(journals, "999999-00000000-0000-0000-0000-000000000002.jsonl"), `{"sch`);
    const tracker = new Tracker(store, { folder: journals });
    expect(await tracker.close({ deadlineMs: 5000 })).toBeUndefined();
    expect((await allRuns(store)).map(({ runName }) => runName)).toEqual(["whole"]);
  });
});

describe("a disk that is full", () => {
  // a limit on the size of files is what a process meets as a full disk, without being root
  const limited = (code: string) =>
    new Promise<string>((resolve) => {
      const child = spawn("bash", ["-c", `trap '' XFSZ; ulimit -f 1500; exec ${process.execPath} --input-type=module -e "$CODE"`], {
        env: { ...process.env, CODE: code },
        stdio: ["ignore", "pipe", "inherit"],
      });
      void text(child.stdout).then(resolve);
    });

  it("is answered with an error, and what was there stays readable", async () => {
    const { store, folder } = localStore();
    const { runId } = await store.createRun({ experimentId: "0", startTime: 1 });
    await store.close();
    const output = await limited(`
      import { openStore } from ${dist("open-store")};
      const store = await openStore(${JSON.stringify(folder)}, { create: false });
      let done = 0;
      try {
        for (;;) {
          await store.logBatch(${JSON.stringify(runId)}, { tags: { ["t" + done]: "x".repeat(8000) } });
          done++;
        }
      } catch (error) {
        console.log(JSON.stringify({ done, code: error.code, message: error.message }));
      }
      try {
        await store.writeArtifact(${JSON.stringify(runId)}, "big.bin", Buffer.alloc(4_000_000));
      } catch (error) {
        console.log(JSON.stringify({ code: error.code }));
      }
    `);
    const [first, second] = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { done: number; code: string; message: string });
    expect(first).toMatchObject({ code: "STORE_UNWRITABLE" });
    expect(second).toMatchObject({ code: "STORE_UNWRITABLE" });
    expect(first!.done).toBeGreaterThan(10);
    const again = openLocalStore(folder, { create: false });
    expect(Object.keys((await again.getRun(runId)).tags)).toHaveLength(first!.done + 1);
    expect(await again.listArtifacts(runId, "")).toEqual([]);
    await again.close();
  });

  it("makes the tracker lose entries, not the work: it says how many, and records what it could keep", async () => {
    const { store, folder, journals } = localStore();
    await store.close();
    const output = await limited(`
      import { openStore } from ${dist("open-store")};
      import { Tracker } from ${dist("tracker")};
      const store = await openStore(${JSON.stringify(folder)}, { create: false });
      const problems = [];
      const tracker = new Tracker(store, { folder: ${JSON.stringify(journals)}, onProblem: (error) => problems.push(error.code) });
      const run = tracker.startRun({ experiment: "full", name: "r" });
      for (let i = 0; i < 400; i++) run.log({ metrics: [{ key: "m", value: i, timestamp: 1, step: i }], tags: { text: "x".repeat(7900) } });
      run.artifact("big.bin", "y".repeat(3_000_000));
      const backlog = await tracker.close({ deadlineMs: 5000 });
      console.log(JSON.stringify({ problems, lost: backlog.lost }));
    `);
    const { problems, lost } = JSON.parse(output) as { problems: string[]; lost: number };
    expect(problems[0]).toBe("STORE_UNWRITABLE");
    expect(lost).toBeGreaterThan(100);
    const again = openLocalStore(folder, { create: false });
    const { items } = await again.searchRuns({ experimentIds: ["1"], maxResults: 5 });
    expect(metricValues(items[0]!)["m"]).toBe(400 - lost);
    await again.close();
  });
});

async function killWhenItSays(word: string, code: string, afterMs: number): Promise<void> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  let failed = "";
  child.stderr.on("data", (data: Buffer) => (failed += data.toString()));
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (data: Buffer) => {
      said += data.toString();
      if (said.includes(word)) resolve();
    });
    child.once("exit", () => resolve());
  });
  expect(failed).toBe("");
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

function journalEntries(folder: string): Record<string, unknown>[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").slice(1))
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return [];
      }
    });
}
