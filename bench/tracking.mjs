// The tracking server against the figures of real MLflow 3.6 (one worker and the default four, SQLite, measured on
// the same class of machine: 2 cores), over one keep-alive connection. Prints what was measured beside them.
import { mkdtempSync, rmSync, readFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "undici";
import { openLocalStore } from "../dist/lib/tracking/open-local-store.js";
import { Tracker } from "../dist/lib/tracking/tracker.js";
import { writeRows } from "./write-rows.mjs";

const RUNS = 5000;
const MANY = Number(process.argv[2] ?? 100_000);
const MANY_METRICS = 20;

const folder = mkdtempSync(join(tmpdir(), "llmops-bench-"));
const rows = [];
try {
  await benchServer();
  await benchMany();
  await benchTracker();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print();

async function benchServer() {
  const place = join(folder, "served");
  await fill(place);
  const started = performance.now();
  const bin = fileURLToPath(new URL("../bin/run.cjs", import.meta.url));
  const child = spawn(process.execPath, [bin, "mlflow", "server", "--port", "0", "--backend-store-uri", place, "--log-level", "error"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise((resolve) =>
    child.stdout.on("data", (text) => /Listening on (\S+)/.exec(text)?.[1] && resolve(/Listening on (\S+)/.exec(text)[1])),
  );
  add("ready, existing store", performance.now() - started, "ms", "<= 1000", "~4000");
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024;
  add("idle RSS", rss, "MB", "<= 100", "400-700 (peers.md A72)");
  const client = new Client(url);
  const api = "/api/2.0/mlflow";
  const call = async (method, path, body) => {
    const answer = await client.request({
      method,
      path,
      body: body === undefined ? null : JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.statusCode} ${text.slice(0, 200)}`);
    return JSON.parse(text);
  };
  const create = () =>
    call("POST", `${api}/runs/create`, {
      experiment_id: "2",
      start_time: Date.now(),
      tags: ["a", "b", "c"].map((key) => ({ key, value: key })),
    });
  await rate("create run, 3 tags", 500, create, ">= 500/s", "72/s (1 worker), 18/s (4)");
  const { run } = await create();
  let at = 0;
  const batch = (keys) => ({
    run_id: run.info.run_id,
    metrics: Array.from({ length: 100 }, (_, i) => ({ key: `m${i % keys}`, value: Math.random(), timestamp: ++at, step: at })),
  });
  await rate("log-batch, 100 metrics", 300, () => call("POST", `${api}/runs/log-batch`, batch(100)), ">= 300/s", "33/s, 15/s");
  await rate(
    "log-metric",
    500,
    () => call("POST", `${api}/runs/log-metric`, { run_id: run.info.run_id, key: "x", value: 1, timestamp: ++at, step: at }),
    "",
    "94/s, 19/s",
  );
  await rate("runs/get", 300, () => call("GET", `${api}/runs/get?run_id=${run.info.run_id}`), "", "7.3 ms, 52 ms");
  const search = (body) => call("POST", `${api}/runs/search`, { experiment_ids: ["1"], ...body });
  await median("search, no filter, 100 results", 20, () => search({ max_results: 100 }), "", "52 ms, 61 ms");
  await median(
    "search, metric filter, order by metric, 100 results",
    50,
    () => search({ max_results: 100, filter: "metrics.m1 > 0.2", order_by: ["metrics.m2 DESC"] }),
    "<= 10 ms",
    "",
  );
  await median(
    "search, metric and param filter, order by metric, 100 results",
    20,
    () => search({ max_results: 100, filter: "metrics.m1 > 0.2 AND params.p1 = '1'", order_by: ["metrics.m2 DESC"] }),
    "",
    "194 ms, 153 ms",
  );
  await median("search, tag LIKE, 100 results", 20, () => search({ max_results: 100, filter: "tags.t1 LIKE 'v%'" }), "", "107 ms, 86 ms");
  await median("search, 5000 results", 5, () => search({ max_results: 5000 }), "<= 500 ms", "5541 ms, 6476 ms");
  const points = Array.from({ length: 6200 }, (_, i) => ({ key: "long", value: i, timestamp: i, step: i }));
  for (let i = 0; i < points.length; i += 1000)
    await call("POST", `${api}/runs/log-batch`, { run_id: run.info.run_id, metrics: points.slice(i, i + 1000) });
  await median(
    "metric history, 6200 points",
    20,
    () => call("GET", `${api}/metrics/get-history?run_id=${run.info.run_id}&metric_key=long&max_results=25000`),
    "<= 30 ms",
    "395 ms, 473 ms",
  );
  await benchArtifacts(client, `/api/2.0/mlflow-artifacts/artifacts/${run.info.experiment_id}/${run.info.run_id}/artifacts/big.bin`);
  await client.close();
  child.kill();
  await new Promise((resolve) => child.on("exit", resolve));
}

async function benchArtifacts(client, path) {
  const size = 20 * 1024 * 1024;
  const bytes = randomBytes(size);
  await median(
    "artifact PUT 20 MiB",
    5,
    async () => (await client.request({ method: "PUT", path, body: bytes })).body.dump(),
    "",
    "161 ms, 168 ms",
  );
  const times = [];
  for (let i = 0; i < 8; i++) {
    const start = performance.now();
    const { body } = await client.request({ method: "GET", path });
    let length = 0;
    for await (const chunk of body) length += chunk.length;
    if (length !== size) throw new Error(`got ${length} bytes`);
    times.push(performance.now() - start);
  }
  add("artifact GET 20 MiB", size / 1e6 / (middle(times) / 1000), "MB/s", ">= 200 MB/s", "1.8 MB/s, 1.6 MB/s");
}

async function benchMany() {
  const place = join(folder, "many");
  const store = openLocalStore(place, { create: true });
  const { experimentId } = await store.createExperiment({ name: "many" });
  writeRows(place, (run) => {
    for (let i = 0; i < MANY; i++) {
      const id = randomBytes(16).toString("hex");
      run(
        "INSERT INTO runs VALUES (?, ?, 'UNKNOWN', '', '', 'u', 'FINISHED', ?, ?, '', 'active', 'x', ?, NULL)",
        id,
        `r${i}`,
        i,
        i + 10,
        Number(experimentId),
      );
      for (let k = 0; k < MANY_METRICS; k++) run("INSERT INTO latest_metrics VALUES (?, ?, ?, 0, 0, ?)", `m${k}`, Math.random(), i, id);
    }
  });
  const find = (query) => store.searchRuns({ experimentIds: [experimentId], maxResults: 100, ...query });
  const name = `search over ${MANY} runs x ${MANY_METRICS} metrics`;
  await median(`${name}, no filter`, 10, () => find({}), "<= 100 ms", "");
  await median(
    `${name}, metric filter and order`,
    10,
    () => find({ filter: "metrics.m3 > 0.5", orderBy: ["metrics.m4 DESC"] }),
    "<= 100 ms",
    "",
  );
  await store.close();
}

async function benchTracker() {
  const store = openLocalStore(join(folder, "tracked"), { create: true });
  const tracker = new Tracker(store, { folder: join(folder, "journal") });
  const track = (i) => {
    const run = tracker.startRun({ experiment: "requests", name: `request-${i}`, tags: { model: "demo", kind: "chat" } });
    run.log({
      params: { temperature: "0.7", max_tokens: "64" },
      metrics: ["latency", "ttft", "tokens", "prompt_tokens", "tokens_per_second"].map((key) => ({ key, value: i })),
    });
    run.end("FINISHED");
  };
  const count = 1000;
  const start = performance.now();
  for (let i = 0; i < count; i++) track(i);
  add("tracking a request, in the request itself", ((performance.now() - start) / count) * 1000, "us", "< 1000", "");
  await tracker.close({ deadlineMs: 60_000 });
  add("… and until all are in the store", (performance.now() - start) / count, "ms each", "", "");
  await store.close();
}

async function fill(place) {
  const store = openLocalStore(place, { create: true });
  await store.createExperiment({ name: "big" });
  await store.createExperiment({ name: "writes" });
  for (let i = 0; i < RUNS; i++) {
    const { runId } = await store.createRun({
      experimentId: "1",
      runName: `r${i}`,
      startTime: i,
      tags: Object.fromEntries([0, 1, 2].map((k) => [`t${k}`, `v${i % 7}`])),
    });
    await store.logBatch(runId, {
      params: Object.fromEntries([0, 1, 2, 3, 4].map((k) => [`p${k}`, String(i % (k + 2))])),
      metrics: [0, 1, 2, 3, 4].map((k) => ({ key: `m${k}`, value: Math.random(), timestamp: i, step: 0 })),
    });
  }
  await store.close();
}

async function rate(name, count, work, target, mlflow) {
  for (let i = 0; i < 20; i++) await work();
  const start = performance.now();
  for (let i = 0; i < count; i++) await work();
  add(name, count / ((performance.now() - start) / 1000), "/s", target, mlflow);
}

async function median(name, count, work, target, mlflow) {
  for (let i = 0; i < 3; i++) await work();
  const times = [];
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  add(name, middle(times), "ms", target, mlflow);
}

function middle(times) {
  return [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

function add(name, value, unit, target, mlflow) {
  rows.push([name, `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`, target, mlflow]);
}

function print() {
  const head = ["what", "here", "target", "MLflow 3.6 (1 worker, 4 workers)"];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  for (const row of [head, ...rows]) console.log(row.map((cell, column) => cell.padEnd(widths[column])).join("  "));
}
