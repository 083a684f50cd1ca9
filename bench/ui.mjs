// The web application in Chromium over a store of 100,000 runs x 20 metrics: when pages are there, how evenly tables scroll, how soon a typed
// filter and a new value show, each alone and beside a client that logs twenty times a second, what that client waits for, how large the files
// are, and what axe finds. Prints two tables. The store is kept in the folder named as the argument, where one is; RUNS sets how many runs it
// gets.
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import Table from "cli-table3";
import { chromium } from "playwright-core";
import { openManyRuns } from "./many-runs.mjs";

const RUNS = Number(process.env.RUNS ?? 100_000);
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BIN = fileURLToPath(new URL("../bin/run.cjs", import.meta.url));
const CLIENT = fileURLToPath(new URL("api-client.mjs", import.meta.url));
const WEB = fileURLToPath(new URL("../dist/web", import.meta.url));
const ROUNDS = 5;

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "llmops-bench-"));
const store = await openManyRuns(folder, RUNS);
const { experimentId } = await store.findExperiment("many");
const rowsOf = async (query) => JSON.parse(Buffer.from(await store.views.queryRuns(query)).toString("utf8")).runs;
const newest = await rowsOf({ experimentIds: [experimentId], offset: 0, limit: 100 });
// the table shows children only where they are asked for
const topmost = await rowsOf({ experimentIds: [experimentId], parent: "roots", offset: 0, limit: 1 });
const ids = newest.map(({ run_id }) => run_id);
await store.close();

const server = spawn(process.execPath, [BIN, "mlflow", "server", "--port", "0", "--backend-store-uri", folder, "--log-level", "error"]);
const url = await new Promise((resolve, reject) => {
  const take = (data) => {
    const match = /http:\/\/127\.0\.0\.1:\d+/.exec(data);
    if (match) resolve(match[0]);
  };
  server.stdout.setEncoding("utf8").on("data", take);
  server.stderr.setEncoding("utf8").on("data", take);
  server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
});
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
const rows = new Map();
const add = (what, value, unit, asked) => {
  const text = `${value >= 100 ? Math.round(value) : Number(value.toFixed(1))} ${unit}`;
  const row = rows.get(what);
  if (row) row.splice(2, 1, text);
  else rows.set(what, [what, text, "", asked]);
};
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const share = (values, part) => [...values].sort((a, b) => a - b)[Math.ceil(values.length * part) - 1];

try {
  await pages();
  const client = watchApi();
  await pages();
  const waited = await client();
  rows.set("p50", [`tracking API while pages load, p50 of ${waited.length}`, "", `${middle(waited).toFixed(1)} ms`, ""]);
  rows.set("p99", ["tracking API while pages load, p99", "", `${Math.round(share(waited, 0.99))} ms`, "50 ms"]);
  sizes();
  print([`${RUNS.toLocaleString("en-US")} runs`, "alone", "with a client", "asked"], [...rows.values()]);
  await accessibility();
} finally {
  await browser.close();
  server.removeAllListeners("exit");
  server.kill();
  if (process.argv[2] === undefined) rmSync(folder, { recursive: true, force: true });
}

function print(head, lines) {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...lines);
  console.log(table.toString());
}

async function pages() {
  await firstPaint();
  await scrolling();
  await typing();
  await onPage(`experiments/${experimentId}/charts`, "canvas", "1,000 runs in parallel coordinates, first drawn", "1000 ms");
  await onPage(`compare?runs=${ids.join(",")}`, ".compare-rows", "100 runs compared, on screen", "1000 ms");
  await live();
}

async function opened(place, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(`${url}/app/${place}`);
  return { page, context, start };
}

async function firstPaint() {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { page, context, start } = await opened(`experiments/${experimentId}`);
    await page.locator(".run-name").first().waitFor();
    times.push(performance.now() - start);
    await context.close();
  }
  add("runs on screen, first visit", times[0], "ms", "1000 ms");
  add("runs on screen, median of four visits after it", middle(times.slice(1)), "ms", "1000 ms");
}

async function scrolling() {
  const { page, context } = await opened(`experiments/${experimentId}`);
  await page.locator(".run-name").first().waitFor();
  await page.getByRole("treegrid").hover();
  await page.evaluate(`(() => {
    window.frames_ = [];
    let last = performance.now();
    const look = (now) => { window.frames_.push(now - last); last = now; requestAnimationFrame(look); };
    requestAnimationFrame(look);
  })()`);
  for (let turn = 0; turn < 120; turn++) await page.mouse.wheel(0, turn < 60 ? 400 : -250);
  const frames = await page.evaluate("window.frames_.slice(2)");
  add("frames while the table scrolls, p95", share(frames, 0.95), "ms", "");
  add("frames while the table scrolls, longest", Math.max(...frames), "ms", "50 ms");
  await context.close();
}

async function totalOf(page) {
  return page.locator(".total").first().textContent();
}

/** Waits until the table's total is another one, for so long at most. */
async function otherThan(page, before, most) {
  const end = performance.now() + most;
  while ((await totalOf(page)) === before && performance.now() < end);
}

/** From the last key of a filter or a word until the table's total is another. */
async function typing() {
  const { page, context } = await opened(`experiments/${experimentId}`);
  await page.locator(".run-name").first().waitFor();
  const search = page.getByRole("combobox", { name: "Search runs" });
  for (const [name, texts] of [
    ["a filter", ["metrics.m3 > 0.99", "metrics.m3 > 0.98", "metrics.m3 > 0.97"]],
    ["a word", ["run-777", "run-778", "run-779"]],
  ]) {
    const times = [];
    for (const text of texts) {
      await search.fill(text.slice(0, -1));
      await otherThan(page, await totalOf(page), 2000);
      const before = await totalOf(page);
      await search.press("End");
      await search.pressSequentially(text.slice(-1));
      const start = performance.now();
      await otherThan(page, before, 30_000);
      times.push(performance.now() - start);
    }
    add(`last key of ${name} to its result`, middle(times), "ms", "300 ms");
  }
  await context.close();
}

async function onPage(place, selector, what, asked) {
  const times = [];
  for (let round = 0; round < 3; round++) {
    const { page, context, start } = await opened(place);
    await page.locator(selector).first().waitFor();
    times.push(performance.now() - start);
    await context.close();
  }
  add(what, middle(times), "ms", asked);
}

/** From a value that another client logs until the table has it. */
async function live() {
  const { page, context } = await opened(`experiments/${experimentId}`);
  await page.locator(".run-name").first().waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const name = `renamed-${performance.now()}`;
    const start = performance.now();
    await post("runs/update", { run_id: topmost[0].run_id, run_name: name });
    await page.getByText(name, { exact: true }).first().waitFor();
    times.push(performance.now() - start);
  }
  add("a change of another client to the screen, longest", Math.max(...times), "ms", "3000 ms");
  await context.close();
}

async function post(path, body) {
  const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
}

/** A client that logs a metric twenty times a second; the function ends it and gives what it waited for. */
function watchApi() {
  const client = fork(CLIENT, [url, ids[50]]);
  return async () => {
    client.send("end");
    const [times] = await once(client, "message");
    return times;
  };
}

function sizes() {
  const assets = join(WEB, "assets");
  const size = (path) => gzipSync(readFileSync(path)).length / 1000;
  const all = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
  const page = readFileSync(join(WEB, "index.html"), "utf8");
  const first = all.filter((name) => page.includes(name));
  const sum = (names) => names.reduce((total, name) => total + size(join(assets, name)), 0);
  add("first page, gzip", sum(first), "kB", "250 kB");
  add("all of the application, gzip", sum(all), "kB", "700 kB");
}

async function accessibility() {
  const found = [];
  for (const [name, place] of Object.entries({
    home: "",
    runs: `experiments/${experimentId}`,
    charts: `experiments/${experimentId}/charts`,
    run: `runs/${ids[0]}`,
    compare: `compare?runs=${ids.slice(0, 5).join(",")}`,
    models: "models",
  })) {
    const faults = [];
    for (const colorScheme of ["light", "dark"]) {
      const { page, context } = await opened(place, { colorScheme });
      await page.locator("h1").first().waitFor();
      await page.waitForLoadState("networkidle").catch(() => undefined);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate("axe.run()");
      faults.push(violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(({ id }) => id));
      await context.close();
    }
    found.push([name, ...faults.map((list) => (list.length === 0 ? "0" : list.join(", ")))]);
  }
  print(["page", "serious faults, light", "dark"], found);
}
