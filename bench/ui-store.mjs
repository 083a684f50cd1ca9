// What the web application asks of a store of 100,000 runs x 20 metrics x 6 params, and what a client of the tracking API waits for
// meanwhile. Prints a table. The store is kept in the folder named as the argument, where one is.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openManyRuns } from "./many-runs.mjs";

const RUNS = Number(process.env.RUNS ?? 100_000);
const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "llmops-bench-"));
try {
  const store = await openManyRuns(folder, RUNS);
  await measure(store);
  await store.close();
} finally {
  if (process.argv[2] === undefined) rmSync(folder, { recursive: true, force: true });
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
