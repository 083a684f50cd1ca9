// What the web application asks of a store of 100,000 runs x 20 metrics x 6 params, and what a client of the tracking API waits for
// meanwhile. Prints a table. The store is kept in the folder named as the argument, where one is.
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLocalStore } from "../dist/lib/tracking/open-local-store.js";
import { openDatabase } from "../dist/lib/tracking/sqlite/open-database.js";

const RUNS = Number(process.env.RUNS ?? 100_000);
const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "llmops-bench-"));
try {
  const isThere = existsSync(join(folder, "mlflow.db"));
  const store = openLocalStore(folder, { create: true });
  if (!isThere) fill(await store.createExperiment({ name: "many" }));
  await measure(store);
  await store.close();
} finally {
  if (process.argv[2] === undefined) rmSync(folder, { recursive: true, force: true });
}

function fill({ experimentId }) {
  const db = openDatabase(join(folder, "mlflow.db"), { create: false });
  const roots = [];
  db.transaction(() => {
    for (let i = 0; i < RUNS; i++) {
      const id = randomBytes(16).toString("hex");
      db.run(
        "INSERT INTO runs VALUES (?, ?, 'UNKNOWN', '', '', 'u', 'FINISHED', ?, ?, '', 'active', 'x', ?, NULL)",
        ...[id, `run-${i}`, 1e12 + i * 1000, 1e12 + i * 1000 + 500, Number(experimentId)],
      );
      for (let k = 0; k < 20; k++) {
        const value = Math.random();
        db.run("INSERT INTO metrics VALUES (?, ?, ?, ?, 1, 0)", `m${k}`, value, i, id);
        db.run("INSERT INTO latest_metrics VALUES (?, ?, ?, 1, 0, ?)", `m${k}`, value, i, id);
      }
      for (let k = 0; k < 6; k++)
        db.run("INSERT INTO params VALUES (?, ?, ?)", `p${k}`, k === 0 ? String(Math.random()) : `value ${i % (5 ** k + 1)}`, id);
      const tags = { "mlflow.runName": `run-${i}`, "mlflow.user": "u", "mlflow.source.name": "llmops sweep", team: `team ${i % 7}` };
      if (i % 100 === 0) roots.push(id);
      else tags["mlflow.parentRunId"] = roots.at(-1);
      for (const [key, value] of Object.entries(tags)) db.run("INSERT INTO tags VALUES (?, ?, ?)", key, value, id);
    }
  });
  db.close();
}

async function measure(store) {
  const { experimentId } = await store.findExperiment("many");
  const rows = (more) => store.views.queryRuns({ experimentIds: [experimentId], offset: 0, limit: 100, ...more });
  const columns = (more) => store.views.describeColumns({ experimentIds: [experimentId], ...more });
  const filter = "metrics.m3 > 0.5";
  const cases = [
    ["page: newest first", () => rows({})],
    ["page: by a metric", () => rows({ orderBy: ["metrics.m4 DESC"] })],
    ["page: by a metric, place 90,000", () => rows({ orderBy: ["metrics.m4 DESC"], offset: 90_000 })],
    ["page: by a metric's minimum", () => rows({ orderBy: ["metrics.m5.min"], offset: 2000 })],
    ["page: filter, by a metric", () => rows({ filter, orderBy: ["metrics.m4 DESC"] })],
    ["page: a word", () => rows({ words: "run-777" })],
    ["page: roots", () => rows({ parent: "roots" })],
    ["page of 500 runs", () => rows({ limit: 500 })],
    ["columns: all", () => columns({})],
    ["columns: filter, half of all", () => columns({ filter })],
    ["columns: filter, 1 %", () => columns({ filter: "metrics.m3 > 0.99" })],
  ];
  console.log("what".padEnd(36), "cold ms".padStart(8), "warm ms".padStart(8), "longest wait of others ms".padStart(26));
  for (const [name, work] of cases) {
    await touch(store, experimentId);
    const wait = watchLoop();
    const cold = await timed(work);
    const longest = wait();
    const warm = [];
    for (let i = 0; i < 5; i++) warm.push(await timed(work));
    const middle = warm.sort((a, b) => a - b)[2];
    console.log(name.padEnd(36), cold.toFixed(0).padStart(8), middle.toFixed(1).padStart(8), longest.toFixed(1).padStart(26));
  }
}

/** A write: nothing kept of the store is of its state any longer. */
async function touch(store, experimentId) {
  await store.setExperimentTag(experimentId, "touched", String(performance.now()));
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The longest time for which the event loop had no turn. */
function watchLoop() {
  let [last, longest] = [performance.now(), 0];
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return () => (clearInterval(timer), look(), longest);
}
