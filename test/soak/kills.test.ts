import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { createRandom, deriveSeed, type Random } from "../../src/lib/base/math/random.js";
import { freePort } from "../helpers/free-port.js";
import { queryStore } from "../helpers/query-store.js";
import { runCli, startCli, type CliProcess } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** How often each is killed: a few times among the other tests, 100 times with `npm run soak -- --kills`. */
const KILLS = Number(process.env["LLMOPS_KILLS"] ?? 2);
const SEED = Number(process.env["LLMOPS_SOAK_SEED"] ?? 1);
const KILLS_OF_A_STUDY = 5;
const CLIENTS = 6;

const randomOf = (what: string) => createRandom(deriveSeed("kills", SEED, what));

/** What became of the kills, for whoever runs many. */
function report(what: string, facts: object): void {
  if (process.env["LLMOPS_KILLS"] === undefined) return;
  const words = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  console.log(`${what}: ${KILLS} kills; ${words.join(", ")}`);
}

async function kill({ process: child, finished }: CliProcess): Promise<void> {
  child.kill("SIGKILL");
  await finished;
}

/** Starts a server again where it was; how long it took in milliseconds. */
async function restart(args: string[], folder: string): Promise<{ server: CliProcess; readyMs: number }> {
  const begun = performance.now();
  const server = startCli(args, folder);
  onTestFinished(() => void server.process.kill("SIGKILL"));
  await server.seen(/Listening on/);
  return { server, readyMs: performance.now() - begun };
}

const integrity = (folder: string) => queryStore<{ integrity_check: string }>(folder, "PRAGMA integrity_check");

/** The whole lines of the journal of cells; the id of its study is that of its folder. */
function wholeCells(folder: string, study: string | undefined): string[] {
  const path = join(folder, ".state", "studies", study ?? "", "cells.jsonl");
  return study !== undefined && existsSync(path) ? readFileSync(path, "utf8").split("\n").slice(0, -1) : [];
}

const SWEEP = ["sweep", "temperature", "0.5,1", "--limit", "0", "--repeats", "2", "--json"];
const RESUMED = ["sweep", "--resume", "last", "--json"];

/** Kills one study several times, each time at a random moment after it began or went on, then lets it end. */
async function sweepThrough(random: Random, kills: number): Promise<{ cells: number; lost: number; doubled: number; failed: number }> {
  const folder = temporaryFolder();
  let failed = 0;
  let lost = 0;
  let study: string | undefined;
  let before: string[] = [];
  for (let i = 0; i < kills; i++) {
    const running = startCli(study === undefined ? SWEEP : RESUMED, folder);
    // a fifth is killed while it starts, wherever that is
    if (random() < 0.2 && study !== undefined) await sleep(random() * 1000);
    else {
      await running.seen(/Sweeping demo|Resuming demo/).catch(() => undefined);
      await sleep(random() * 1200);
    }
    const isRunning = running.process.exitCode === null;
    await kill(running);
    const { code, stderr } = await running.finished;
    if (!isRunning && code !== 0) {
      failed++;
      console.error(stderr);
    }
    study ??= latestStudy(folder);
    const cells = wholeCells(folder, study);
    const kept = new Set(cells);
    lost += before.filter((line) => !kept.has(line)).length;
    before = cells;
  }
  const last = await runCli(study === undefined ? SWEEP : RESUMED, folder);
  expect(last.code, last.stderr).toBe(0);
  const document = JSON.parse(last.stdout) as { study: { id: string; cells: { done: number; planned: number } } };
  const cells = wholeCells(folder, document.study.id);
  const kept = new Set(cells);
  lost += before.filter((line) => !kept.has(line)).length + (document.study.cells.planned - document.study.cells.done);
  const seeds = new Set(cells.map((line) => (JSON.parse(line) as { seed: number }).seed));
  const points = queryStore<{ n: number }>(folder, `SELECT count(*) AS n FROM metrics GROUP BY run_uuid, "key", step HAVING n > 1`);
  const runs = queryStore<{ status: string }>(folder, "SELECT status FROM runs");
  expect(runs.map(({ status }) => status)).toEqual(["FINISHED", "FINISHED", "FINISHED"]);
  const done = queryStore<{ value: number }>(folder, `SELECT value FROM latest_metrics WHERE "key" = 'cells_done'`);
  expect(done.reduce((sum, { value }) => sum + value, 0)).toBe(document.study.cells.planned);
  expect(integrity(folder)).toEqual([{ integrity_check: "ok" }]);
  return { cells: cells.length, lost, doubled: cells.length - seeds.size + points.length, failed };
}

function latestStudy(folder: string): string | undefined {
  const path = join(folder, ".state", "studies");
  return existsSync(path) ? readdirSync(path).find((name) => existsSync(join(path, name, "cells.jsonl"))) : undefined;
}

it(`a sweep that is killed ${KILLS} times and resumed has every cell once`, { timeout: 3_600_000 }, async () => {
  const random = randomOf("sweep");
  const total = { cells: 0, lost: 0, doubled: 0, failed: 0 };
  for (let left = KILLS; left > 0; left -= KILLS_OF_A_STUDY) {
    const got = await sweepThrough(random, Math.min(left, KILLS_OF_A_STUDY));
    for (const name of ["cells", "lost", "doubled", "failed"] as const) total[name] += got[name];
  }
  report("sweep", { cells: total.cells, lost: total.lost, doubled: total.doubled, "failed restarts": total.failed });
  expect(total).toMatchObject({ lost: 0, doubled: 0, failed: 0 });
});

it(`a server that is killed ${KILLS} times records every answer it gave, once`, { timeout: 3_600_000 }, async () => {
  const random = randomOf("serve");
  const folder = temporaryFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    "serve",
    "--port",
    String(port),
    "--track",
    "all",
    "--log-level",
    "warn",
    "--no-cache",
    "--threads",
    "1",
    "--slots",
    String(CLIENTS),
  ];
  const answered: string[] = [];
  let isOver = false;
  let sequence = 0;
  const client = async () => {
    while (!isOver) {
      const id = `request-${sequence++}`;
      const stream = sequence % 2 === 0;
      const whole = await chat(url, id, stream);
      if (whole) answered.push(id);
      else await sleep(10);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  const readyMs: number[] = [];
  for (let i = 0; i < KILLS; i++) {
    const started = await restart(args, folder);
    readyMs.push(started.readyMs);
    await sleep(random() * 1000);
    await kill(started.server);
  }
  isOver = true;
  await Promise.all(clients);
  const { server } = await restart(args, folder);
  server.process.kill("SIGTERM");
  expect((await server.finished).code).toBe(0);
  const synced = await runCli(["mlflow", "sync", "--json"], folder);
  expect(synced.code, synced.stderr).toBe(0);
  const ids = queryStore<{ value: string; n: number }>(
    folder,
    `SELECT value, count(*) AS n FROM tags WHERE "key" = 'llmops.request_id' GROUP BY 1`,
  );
  const found = new Map(ids.map(({ value, n }) => [value, n]));
  const unfinished = queryStore<{ value: string }>(
    folder,
    `SELECT t.value FROM tags t JOIN runs r USING (run_uuid) WHERE t."key" = 'llmops.request_id' AND r.status <> 'FINISHED'`,
  ).map(({ value }) => value);
  const lost = answered.filter((id) => !found.has(id) || unfinished.includes(id)).length;
  const doubled = ids.filter(({ n }) => n > 1).length;
  const ready = readyMs.map(Math.round).sort((a, b) => a - b);
  report("serve --track all", { answers: answered.length, lost, doubled, "failed restarts": 0, "slowest restart ms": ready.at(-1) });
  expect(answered.length).toBeGreaterThan(0);
  expect([lost, doubled, readyMs.length]).toEqual([0, 0, KILLS]);
  expect(integrity(folder)).toEqual([{ integrity_check: "ok" }]);
});

/** True where the answer came whole. */
async function chat(url: string, id: string, stream: boolean): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": id },
      body: JSON.stringify({ messages: [{ role: "user", content: `What is the capital of France? ${id}` }], max_tokens: 6, stream }),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await response.text();
    return response.status === 200 && (!stream || text.endsWith("data: [DONE]\n\n"));
  } catch {
    return false;
  }
}

/** What a writer did, each with what the server acknowledged. */
interface Written {
  runs: string[];
  batches: { run: string; batch: string }[];
  artifacts: { run: string; path: string; text: string }[];
}

it(`an mlflow server that is killed ${KILLS} times keeps what it acknowledged, once`, { timeout: 3_600_000 }, async () => {
  const random = randomOf("mlflow server");
  const folder = temporaryFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ["mlflow", "server", "--port", String(port), "--log-level", "warn"];
  const written: Written = { runs: [], batches: [], artifacts: [] };
  let isOver = false;
  let sequence = 0;
  const client = async () => {
    while (!isOver) {
      const name = `run-${sequence++}`;
      if (!(await write(url, name, written))) await sleep(10);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  const readyMs: number[] = [];
  for (let i = 0; i < KILLS; i++) {
    const started = await restart(args, folder);
    readyMs.push(started.readyMs);
    await sleep(random() * 800);
    await kill(started.server);
  }
  isOver = true;
  await Promise.all(clients);
  const { server } = await restart(args, folder);
  const lost = await missing(url, folder, written);
  const names = queryStore<{ n: number }>(folder, "SELECT count(*) AS n FROM runs GROUP BY name HAVING n > 1");
  // a batch has five metrics and a param: all of it is there, or nothing
  const torn = queryStore(folder, `SELECT 1 FROM metrics GROUP BY run_uuid, step HAVING count(*) <> 5`);
  const points = queryStore(folder, `SELECT 1 FROM metrics GROUP BY run_uuid, "key", step HAVING count(*) <> 1`);
  server.process.kill("SIGTERM");
  expect((await server.finished).code).toBe(0);
  const doubled = names.length + points.length;
  const ready = readyMs.map(Math.round).sort((a, b) => a - b);
  const acknowledged = written.runs.length + written.batches.length + written.artifacts.length;
  report("mlflow server", {
    acknowledged,
    lost: lost.length,
    doubled,
    torn: torn.length,
    "failed restarts": 0,
    "slowest restart ms": ready.at(-1),
  });
  expect(acknowledged).toBeGreaterThan(0);
  expect([lost, doubled, torn.length, readyMs.length]).toEqual([[], 0, 0, KILLS]);
  expect(integrity(folder)).toEqual([{ integrity_check: "ok" }]);
});

/** A run with batches and an artifact; false as soon as the server does not answer. */
async function write(url: string, name: string, written: Written): Promise<boolean> {
  const api = async (method: string, path: string, body: string) => {
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${url}/api/2.0/${path}`, { method, headers, body, signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  };
  try {
    const made = await api("POST", "mlflow/runs/create", JSON.stringify({ experiment_id: "0", run_name: name, start_time: 1 }));
    const { run } = JSON.parse(made) as { run: { info: { run_id: string; artifact_uri: string } } };
    const { run_id: id } = run.info;
    written.runs.push(id);
    for (let step = 0; step < 4; step++) {
      const metrics = Array.from({ length: 5 }, (_, k) => ({ key: `m${k}`, value: step, timestamp: 1, step }));
      await api("POST", "mlflow/runs/log-batch", JSON.stringify({ run_id: id, metrics, params: [{ key: `p${step}`, value: name }] }));
      written.batches.push({ run: id, batch: `p${step}` });
    }
    const [, place = ""] = /^mlflow-artifacts:\/+(.*)$/.exec(run.info.artifact_uri) ?? [];
    const text = name.repeat(2000);
    await api("PUT", `mlflow-artifacts/artifacts/${place}/notes.txt`, text);
    written.artifacts.push({ run: id, path: `${place}/notes.txt`, text });
    return true;
  } catch (error) {
    if (error instanceof Error && / 5\d\d /.test(error.message)) throw error;
    return false;
  }
}

/** What was acknowledged and is not there any more. */
async function missing(url: string, folder: string, written: Written): Promise<string[]> {
  const runs = new Set(queryStore<{ id: string }>(folder, "SELECT run_uuid AS id FROM runs").map(({ id }) => id));
  const params = new Set(queryStore<{ id: string }>(folder, `SELECT run_uuid || '/' || "key" AS id FROM params`).map(({ id }) => id));
  const lost = [
    ...written.runs.filter((id) => !runs.has(id)),
    ...written.batches.map(({ run, batch }) => `${run}/${batch}`).filter((id) => !params.has(id)),
  ];
  for (const { path, text } of written.artifacts) {
    const got = await fetch(`${url}/api/2.0/mlflow-artifacts/artifacts/${path}`);
    if ((await got.text()) !== text) lost.push(path);
  }
  return lost;
}
