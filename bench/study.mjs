// The runner of studies against what it must not cost: CPU a cell, memory and resuming of 100,000 cells, the statistics
// of a large study; and a sweep on the demo model against a client that sends the same cells to `llmops serve`.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runStudy } from "../dist/lib/experiments/study/run-study.js";
import { toRequest } from "../dist/lib/experiments/study/run-cell.js";
import { ScoreTable } from "../dist/lib/experiments/study/score-table.js";
import { StudyJournal } from "../dist/lib/experiments/study/study-journal.js";
import { summarize } from "../dist/lib/experiments/study/summarize.js";
import { TargetPool } from "../dist/lib/experiments/study/target-pool.js";
import { readDataset } from "../dist/lib/experiments/dataset/read-dataset.js";
import { cellsOf, LIMITS, madeUpDataset, studyHeader, temperaturePlan } from "./study-plan.mjs";

const BIN = fileURLToPath(new URL("../bin/run.cjs", import.meta.url));
const QA = fileURLToPath(new URL("../examples/qa.jsonl", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "llmops-bench-study-"));

if (process.argv[2] === "--large") {
  // run by main() in a process of its own, so that its memory is its own
  await large(process.argv[3], process.argv[4]);
} else {
  try {
    await main();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main() {
  for (const round of [1, 2, 3]) {
    const first = await child(["--large", folder, `run${round}`]);
    print(`CPU a cell with an instant target (round ${round})`, `${first.cpuPerCellMs.toFixed(3)} ms`, "<= 0.06 ms");
    print(`100,000 cells: most memory (round ${round})`, `${first.rssMb.toFixed(0)} MB`, "<= 300 MB");
    const second = await child(["--large", folder, `run${round}`]);
    print(`100,000 cells: resumed (round ${round})`, `${second.seconds.toFixed(2)} s, ${second.rssMb.toFixed(0)} MB`, "<= 2 s");
    rmSync(join(folder, `run${round}`), { recursive: true, force: true });
  }
  await statistics();
  await demo();
}

async function large(parent, id) {
  const plan = await makePlan(20, 1000, 5);
  const start = performance.now();
  let journal;
  try {
    journal = StudyJournal.open(parent, id);
  } catch {
    journal = StudyJournal.create(parent, studyHeader(id));
  }
  const targets = new TargetPool(plan, () => Promise.resolve(instantTarget()));
  const before = process.cpuUsage();
  const run = await runStudy(plan, targets, { journal, limits: LIMITS });
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - start) / 1000;
  journal.close({ finished: true });
  const done = plan.settings.reduce((sum, _, setting) => sum + run.table.counts(setting).done, 0);
  if (done !== 100_000) throw new Error(`${done} cells`);
  const cpuPerCellMs = (user + system) / 1000 / done;
  console.log(JSON.stringify({ cpuPerCellMs, seconds, rssMb: process.resourceUsage().maxRSS / 1024, resumed: run.resumed }));
}

function makePlan(settings, samples, repeats) {
  const temperatures = Array.from({ length: settings }, (_, i) => (i + 1) / settings);
  return temperaturePlan(
    temperatures,
    madeUpDataset(samples, (i) => `What is ${i}?`),
    { repeats, concurrency: 8 },
  );
}

function instantTarget() {
  return {
    ...{ model: "instant", location: "memory" },
    async *complete({ temperature, seed }) {
      yield { type: "text", choice: 0, text: seed % 100 < 100 - 30 * temperature ? "The answer is yes." : "The answer is no." };
      yield { type: "end", choice: 0, reason: "stop" };
      yield { type: "finish", usage: { promptTokens: 20, completionTokens: 5 } };
    },
    close: () => Promise.resolve(),
  };
}

async function statistics() {
  const plan = await makePlan(20, 500, 5);
  const table = new ScoreTable(plan);
  for (const cell of cellsOf(plan)) {
    const { seed, temperature } = toRequest(plan, cell);
    const value = seed % 100 < 100 - 30 * temperature ? 1 : 0;
    table.setScores(cell, Object.fromEntries(plan.scorers.map(({ name }) => [name, { value }])));
  }
  const times = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    summarize(plan, { table, stopped: new Map() });
    times.push(performance.now() - start);
  }
  print("statistics of 20 settings x 500 samples x 5 repeats", `${middle(times).toFixed(0)} ms`, "<= 1000 ms");
}

/** The same cells in process, and over HTTP at concurrency 8: both sides timed without loading the model, in turns. */
async function demo() {
  const dataset = await readDataset(QA, { limit: 100, seed: 42 });
  const plan = await temperaturePlan([0.1, 0.3, 0.5, 0.7, 0.9], dataset);
  const cells = cellsOf(plan);
  const orders = {
    "in the same order": cells,
    "setting by setting": [...cells].sort((a, b) => a.repeat - b.repeat || a.setting - b.setting),
  };
  const seconds = { "in process": [], "in process, 64 at a time": [], "in the same order": [], "setting by setting": [] };
  for (const round of [1, 2, 3]) {
    seconds["in process"].push(await inProcess(join(folder, `in${round}`), []));
    seconds["in process, 64 at a time"].push(await inProcess(join(folder, `in64${round}`), ["-c", "64"]));
    for (const [name, order] of Object.entries(orders)) seconds[name].push(await overHttp(plan, order));
  }
  const [inside, most] = [middle(seconds["in process"]), middle(seconds["in process, 64 at a time"])];
  print("1,500 cells of the demo model, in process", `${inside.toFixed(2)} s; 64 at a time ${most.toFixed(2)} s`, "");
  for (const name of Object.keys(orders)) {
    const outside = middle(seconds[name]);
    print(
      `... over HTTP, 8 at a time, ${name}`,
      `${outside.toFixed(2)} s: ${(outside / inside).toFixed(2)} times; ${(outside / most).toFixed(2)} times`,
      ">= 3",
    );
  }
}

async function inProcess(cwd, flags) {
  mkdirSync(cwd);
  const args = ["sweep", "temperature", "0.1..0.9", "--limit", "100", "--json", ...flags];
  const { stdout } = await run([BIN, ...args], cwd);
  return JSON.parse(stdout).study.seconds;
}

async function overHttp(plan, order) {
  const server = spawn(process.execPath, [BIN, "serve", "--port", "0", "--log-level", "error"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const url = await new Promise((resolve) =>
      server.stdout.on("data", (text) => /Listening on (\S+)/.exec(text)?.[1] && resolve(/Listening on (\S+)/.exec(text)[1])),
    );
    const cells = order.values();
    const start = performance.now();
    const worker = async () => {
      for (const cell of cells) {
        const { messages, temperature, maxTokens, seed } = toRequest(plan, cell);
        const answer = await fetch(`${url}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ model: "demo", messages, temperature, max_tokens: maxTokens, seed }),
        });
        if (!answer.ok) throw new Error(await answer.text());
        await answer.json();
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    return (performance.now() - start) / 1000;
  } finally {
    server.kill();
    await new Promise((resolve) => server.on("exit", resolve));
  }
}

async function child(args) {
  return JSON.parse((await run([fileURLToPath(import.meta.url), ...args], folder)).stdout);
}

function run(args, cwd) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LLMOPS_STATE_DIR: join(folder, "state") };
    const worker = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    worker.stdout.on("data", (text) => (stdout += text));
    worker.stderr.on("data", (text) => (stderr += text));
    worker.on("close", (code) => (code === 0 ? resolve({ stdout }) : reject(new Error(stderr))));
  });
}

function middle(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function print(what, value, target) {
  console.log(`${what.padEnd(58)} ${value.padEnd(44)} ${target}`);
}
