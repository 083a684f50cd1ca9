import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { createRandom, deriveSeed } from "../../src/lib/base/math/random.js";
import { freePort } from "../helpers/free-port.js";
import { queryStore } from "../helpers/query-store.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";
import { canMeasure, Gauge } from "./gauge.js";
import { fire, nextShot, type Outcome, type ServerName } from "./load.js";
import { answers, cliPart, Part, programPart } from "./part.js";

/** How long there is load. */
const SECONDS = Number(process.env["LLMOPS_SOAK_SECONDS"] ?? 600);
const SEED = Number(process.env["LLMOPS_SOAK_SEED"] ?? 1);
/** Growth means something only in a life of minutes, and only then everything is surely killed. */
const IS_LONG = SECONDS >= 300;
/** For so much of the time processes are killed; then nothing is, and what one life takes is measured. */
const STORM = 0.55;
const CLIENTS: Record<ServerName, number> = { model: 3, gateway: 4 };
const THINK_MS = 500;
const WIDE = 1e8;
/** So small that it is used up. */
const TIGHT = 8 * SECONDS;
/** An upstream that failed five times in a row is left alone for ten seconds. */
const BREAKER_MS = 13_000;
/** A Redis that is back is noticed within so long. */
const RECONNECT_MS = 10_000;
const MOST_GROWTH = { share: 1.25, mb: 24 };
const MOST_OPEN_FILES = 20;
const MOST_LOOP_P99 = Number(process.env["LLMOPS_SOAK_LOOP_P99"] ?? 0.25);
const SYNC_TRIES = 5;
const BOOKS_TRIES = 10;

const random = createRandom(deriveSeed("soak", SEED));
const upstreamProgram = fileURLToPath(new URL("upstream.mjs", import.meta.url));

interface World {
  folder: string;
  parts: Record<ServerName | "mlflow" | "upstream", Part> & { redis: Part | undefined };
  urls: Record<ServerName | "mlflow", string>;
  keys: Record<"wide" | "tight" | "places" | "reader", string>;
}

async function build(): Promise<World> {
  const folder = temporaryFolder();
  const ports = { redis: 0, mlflow: 0, upstream: 0, model: 0, gateway: 0 };
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
  const at = (port: number) => `http://127.0.0.1:${port}`;
  const make = async (name: string, ...more: string[]) => {
    const { stdout } = await runCli(["keys", "create", name, ...more, "--json"], folder);
    return (JSON.parse(stdout) as { key: string }).key;
  };
  const keys = {
    wide: await make("wide", "--limit", `${WIDE}tokens/day`, "--limit", "$50/day"),
    tight: await make("tight", "--limit", `${TIGHT}tokens/day`),
    places: await make("places", "--limit", `${WIDE}tokens/day`, "--max-parallel", "2"),
    reader: await make("reader", "--scope", "read"),
  };
  const redis = lacks("redis-server") ? undefined : redisPart(ports.redis, folder);
  const tracked = ["--track", "all", "--tracking-uri", at(ports.mlflow), "--log-level", "warn", "--timeout", "20"];
  const priced = ["--price-prompt", "1", "--price-completion", "2"];
  const serve = (port: number, ...more: string[]) => ["serve", "--port", String(port), ...tracked, ...priced, ...more];
  const shared = redis ? ["--cache-redis", `redis://127.0.0.1:${ports.redis}`] : [];
  const parts = {
    redis,
    mlflow: cliPart("mlflow", ["mlflow", "server", "--port", String(ports.mlflow), "--log-level", "warn"], {
      folder,
      url: `${at(ports.mlflow)}/health`,
    }),
    upstream: programPart("upstream", [process.execPath, upstreamProgram, String(ports.upstream)], answers(`${at(ports.upstream)}/none`)),
    model: cliPart("model", serve(ports.model, "--threads", "1", "--slots", "4"), { folder, url: `${at(ports.model)}/health/ready` }),
    gateway: cliPart("gateway", serve(ports.gateway, "--upstream", `${at(ports.upstream)}/v1`, ...shared), {
      folder,
      url: `${at(ports.gateway)}/health/ready`,
    }),
  };
  return { folder, parts, keys, urls: { mlflow: at(ports.mlflow), model: at(ports.model), gateway: at(ports.gateway) } };
}

/** Keeps what it acknowledged through a kill, as one that counts money has to. */
function redisPart(port: number, folder: string): Part {
  const data = join(folder, "redis");
  mkdirSync(data);
  const command = ["redis-server", "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--dir", data];
  return programPart("redis", command, async () => {
    const client = new Redis({ port, host: "127.0.0.1", lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => undefined);
    try {
      return (await client.ping()) === "PONG";
    } finally {
      client.disconnect();
    }
  });
}

/** Load until told to stop, and what became of every request. */
class Load {
  readonly outcomes: Outcome[] = [];
  private isOver = false;
  private readonly clients: Promise<void>[];

  constructor({ urls, keys }: World) {
    const one = async (server: ServerName, name: string) => {
      const own = createRandom(deriveSeed("soak", SEED, name));
      for (let i = 0; !this.isOver; i++) {
        this.outcomes.push(await fire(urls[server], nextShot(server, keys, own), `${name}-${i}`));
        await sleep(own() * THINK_MS);
      }
    };
    const names = Object.entries(CLIENTS) as [ServerName, number][];
    this.clients = names.flatMap(([server, count]) => Array.from({ length: count }, (_, i) => one(server, `${server}-${i}`)));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
  }
}

/** Kills every part again and again at random moments, each for itself, so that several may be away at once. */
async function storm({ redis, ...others }: World["parts"], ms: number): Promise<void> {
  const end = performance.now() + ms;
  const parts = [...Object.values(others), ...(redis ? [redis] : [])];
  const between = Math.min(ms / 3, 25_000);
  await Promise.all(
    parts.map(async (part) => {
      const own = createRandom(deriveSeed("soak", SEED, "kills", part.name));
      for (let first = true; ; first = false) {
        const pause = (first ? 0.2 + 0.6 * own() : 0.3 + 1.4 * own()) * between;
        if (performance.now() + pause > end && !first) return;
        await sleep(pause);
        await part.killAndStart(own() * Math.min(3000, ms / 10));
        if (part.failures.length > 0) return;
      }
    }),
  );
}

/** Reads what the processes take, and how late their event loops are, until told to stop. */
async function watch({ parts, urls, keys }: World, isOver: () => boolean) {
  const names = ["model", "gateway", "mlflow"] as const;
  const gauges = canMeasure ? names.map((name) => new Gauge(name, parts[name].pid)) : [];
  const loops: Record<ServerName, { p99: number; max: number }> = { model: { p99: 0, max: 0 }, gateway: { p99: 0, max: 0 } };
  for (let i = 0; !isOver(); i++) {
    for (const gauge of gauges) gauge.read();
    for (const name of i % 5 === 4 ? (["model", "gateway"] as const) : []) {
      const response = await fetch(`${urls[name]}/metrics`, { headers: { authorization: `Bearer ${keys.reader}` } });
      const { event_loop_delay_seconds: delay } = (await response.json()) as { event_loop_delay_seconds: { p99: number; max: number } };
      loops[name] = { p99: Math.max(loops[name].p99, delay.p99), max: Math.max(loops[name].max, delay.max) };
    }
    await sleep(1000);
  }
  return { gauges, loops };
}

/** A word for what became of a request; what begins with "wrong" nobody may ever see. */
function judge({ parts }: World, outcome: Outcome): string {
  const { shot, status, text, from, to } = outcome;
  if (outcome.hung) return `wrong: hung for ${Math.round(to - from)} ms`;
  if (outcome.wasAborted) return "broken off by the client";
  const isOwnDown = parts[shot.server].wasAway(from, to);
  const isUpstreamDown = shot.server === "gateway" && parts.upstream.wasAway(from, to, BREAKER_MS);
  if (status === 429 && shot.key === outcome.shot.key && text.includes('"rate_limit'))
    return isBudget(text) ? "budget used up (429)" : `wrong: ${text}`;
  if (outcome.isWhole) {
    const problem = shot.check(status, text);
    if (problem === undefined) return status === 200 ? (outcome.fromCache ? "answered from the cache" : "answered") : `refused (${status})`;
    if (isUpstreamDown && (status === 502 || status === 503)) return `upstream away (${status})`;
    if (isOwnDown && status === 503) return "server loading (503)";
    return `wrong: ${shot.kind} ${JSON.stringify(shot.body)} => ${problem}`;
  }
  if (status === 0 && isOwnDown) return "server away";
  if (isOwnDown) return "broken off by a kill";
  if (isUpstreamDown && text.includes('"finish_reason":"error"')) return "stream ended with an error event";
  return `wrong: ${shot.kind} ${status} ${text.slice(-300)}`;
}

const isBudget = (text: string) => /tokens left of/.test(text);

/** How many runs the store has for each request, by its id, and the state of the last. */
function runsIn(folder: string): Map<string, { n: number; status: string }> {
  const rows = queryStore<{ id: string; n: number; status: string }>(
    folder,
    `SELECT t.value AS id, count(*) AS n, max(r.status) AS status FROM tags t JOIN runs r USING (run_uuid) WHERE t."key" = 'llmops.request_id' GROUP BY 1`,
  );
  expect(queryStore(folder, "PRAGMA integrity_check")).toEqual([{ integrity_check: "ok" }]);
  return new Map(rows.map(({ id, ...run }) => [id, run]));
}

const ASKED = ["/v1/chat/completions", "/v1/completions"];

/** Of one key at one server: what its answers cost, the most that all its requests can have cost, and what its books say. */
interface Books {
  name: string;
  answered: number;
  most: number;
  used: number;
  limit: number;
}

/** What a key has used by the headers of a small request, of which two in a row cost what they cost: nothing else is given back or taken any more. */
async function readBooks({ urls, keys }: World, server: ServerName, key: string): Promise<{ used: number; steady: boolean }> {
  const body = {
    model: server === "model" ? "demo" : "big",
    messages: [{ role: "user", content: "hi there" }],
    max_tokens: 1,
    temperature: 1,
  };
  const one = async () => {
    const response = await fetch(`${urls[server]}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${keys.wide === key ? keys.wide : key}` },
      body: JSON.stringify(body),
    });
    const { usage } = (await response.json()) as { usage?: { total_tokens: number } };
    return { left: Number(response.headers.get("x-ratelimit-remaining-tokens")), cost: usage?.total_tokens ?? NaN };
  };
  // what could not be given back while Redis was away is given back within seconds of its return
  for (let tries = 0; ; tries++) {
    const first = await one();
    await sleep(300);
    const second = await one();
    const steady = first.left - second.left === first.cost;
    if (steady || tries === BOOKS_TRIES) return { used: WIDE - first.left, steady };
    await sleep(1000);
  }
}

it(`stands ${SECONDS} s of load in which everything is killed`, { timeout: SECONDS * 1000 + 1_200_000 }, async () => {
  const world = await build();
  const { parts, urls, keys, folder } = world;
  const all = [parts.redis, parts.mlflow, parts.upstream, parts.model, parts.gateway].filter((part) => part !== undefined);
  onTestFinished(async () => void (await Promise.all(all.map((part) => part.end("SIGKILL")))));
  for (const part of all) await part.start();
  const lines = [`seed ${SEED}, ${SECONDS} s of load, processes killed in the first ${Math.round(STORM * SECONDS)} s`];
  if (!parts.redis) lines.push("no redis-server here: the gateway counts and keeps in its own memory (apt-get install redis-server)");
  if (!canMeasure) lines.push("memory and open files are not measured on this system");
  const broken: string[] = [];

  const load = new Load(world);
  await storm(parts, STORM * SECONDS * 1000);
  broken.push(...all.flatMap(({ failures }) => failures));
  expect(broken).toEqual([]);
  let isOver = false;
  const watching = watch(world, () => isOver);
  await sleep((1 - STORM) * SECONDS * 1000);
  await load.stop();
  isOver = true;
  const { gauges, loops } = await watching;

  const counts = new Map<string, number>();
  const { outcomes } = load;
  for (const outcome of outcomes) {
    const what = judge(world, outcome);
    if (what.startsWith("wrong")) broken.push(what);
    const name = `${outcome.shot.server}: ${what.startsWith("wrong") ? "wrong" : what}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  lines.push(`requests: ${outcomes.length}`, ...[...counts].sort().map(([name, n]) => `  ${name}: ${n}`));

  for (const { name, kills, starts } of all) {
    const sorted = starts.map(Math.round).sort((a, b) => a - b);
    lines.push(`${name}: ${kills} kills, ${starts.length - 1} restarts; ready after ${sorted[0]} to ${sorted.at(-1)} ms, 0 failed`);
    if (kills === 0 && IS_LONG) broken.push(`${name} was never killed`);
  }

  // books
  const cost = (some: readonly Outcome[]) => some.reduce((sum, { tokens }) => sum + tokens, 0);
  for (const server of ["model", "gateway"] as const) {
    const isFree = ({ fromCache, isWhole, shot: { path } }: Outcome) => (isWhole && fromCache) || path === "/tokenize";
    const own = outcomes.filter((one) => one.shot.server === server && !isFree(one));
    const wide = own.filter(({ shot }) => shot.key === keys.wide);
    const isAside = ({ from, to }: Outcome) => server === "gateway" && parts.redis?.wasAway(from, to, RECONNECT_MS) === true;
    const answered = wide.filter((one) => one.status === 200 && one.isWhole);
    const { used, steady } = await readBooks(world, server, keys.wide);
    const books: Books = {
      name: `${server}, key "wide"`,
      answered: cost(answered.filter((one) => !isAside(one))),
      most: wide.reduce((sum, one) => sum + (answered.includes(one) && !isAside(one) ? one.tokens : one.shot.most), 0),
      used,
      limit: WIDE,
    };
    lines.push(`${books.name}: answers took ${books.answered} tokens, the books say ${used}, at most ${books.most} can have been computed`);
    if (used < books.answered) broken.push(`${books.name}: ${books.answered - used} tokens of answers are not in the books`);
    if (used > books.most + 200) broken.push(`${books.name}: ${used - books.most} tokens are in the books that nothing can have cost`);
    if (!steady) broken.push(`${books.name}: the books change although nothing is under way`);
    const tight = cost(own.filter((one) => one.shot.key === keys.tight && one.status === 200));
    // while Redis is away a server counts for itself
    const budget = server === "gateway" && parts.redis ? 2 * TIGHT : TIGHT;
    lines.push(`${server}, key "tight": answers took ${tight} tokens of ${budget}`);
    if (tight > budget) broken.push(`${server}: ${tight} tokens were answered of a budget of ${budget}`);
    const two = await Promise.all(
      [0, 1].map((i) =>
        fire(
          urls[server],
          { ...nextShot(server, { wide: keys.places, tight: keys.places }, random), abortAfter: undefined },
          `places-${server}-${i}`,
        ),
      ),
    );
    for (const one of two) if (one.status === 429) broken.push(`${server}: a place is still taken: ${one.text}`);
  }

  for (const gauge of gauges) {
    const memory = gauge.thirds("residentMb");
    const files = gauge.thirds("openFiles");
    lines.push(
      `${gauge.name}, last life: ${memory.first.toFixed(0)} MiB in its first third, ${memory.last.toFixed(0)} in its last; ${files.first.toFixed(0)} open files, then ${files.last.toFixed(0)}`,
    );
    if (!IS_LONG) continue;
    if (memory.last > memory.first * MOST_GROWTH.share + MOST_GROWTH.mb)
      broken.push(`${gauge.name} grew from ${memory.first} to ${memory.last} MiB`);
    if (files.last > files.first + MOST_OPEN_FILES) broken.push(`${gauge.name} had ${files.first} files open, then ${files.last}`);
  }
  for (const [name, { p99, max }] of Object.entries(loops)) {
    lines.push(`${name}: event loop late by ${(1000 * p99).toFixed(0)} ms (p99), ${(1000 * max).toFixed(0)} ms at most`);
    if (IS_LONG && p99 > MOST_LOOP_P99) broken.push(`the event loop of ${name} was late by ${p99} s (p99)`);
  }

  // runs
  for (const name of ["model", "gateway"] as const) {
    const code = await parts[name].end("SIGTERM");
    if (code !== 0) broken.push(`${name} ended with ${code} on SIGTERM`);
  }
  const begun = performance.now();
  let left = Infinity;
  for (let i = 0; i < SYNC_TRIES && left > 0; i++) {
    const { stdout, stderr } = await runCli(["mlflow", "sync", "--json"], folder);
    const { journals } = JSON.parse(stdout) as { journals: { left: number; rejected: number; error: string | null }[] };
    left = journals.reduce((sum, journal) => sum + journal.left, 0);
    for (const { rejected, error } of journals)
      if (rejected > 0 || error !== null) broken.push(`sync: ${rejected} refused, ${error} ${stderr}`);
  }
  if (left > 0) broken.push(`${left} entries never reached the store`);
  await parts.mlflow.end("SIGTERM");
  const runs = runsIn(folder);
  const delivered = outcomes.filter((one) => one.status === 200 && one.isWhole && ASKED.includes(one.shot.path));
  const lost = delivered.filter(({ id }) => runs.get(id)?.status !== "FINISHED");
  const doubled = [...runs.values()].filter(({ n }) => n > 1);
  lines.push(
    `runs: ${delivered.length} answers delivered, ${runs.size} runs of requests recorded; lost ${lost.length}, doubled ${doubled.length}; sending what was left took ${Math.round(performance.now() - begun)} ms`,
  );
  for (const { id } of lost.slice(0, 5))
    broken.push(`the answer to ${id} was delivered and is not recorded (${runs.get(id)?.status ?? "no run"})`);
  if (doubled.length > 0) broken.push(`${doubled.length} requests have more than one run`);
  lines.push(broken.length === 0 ? "no bound is broken" : `broken:\n${[...new Set(broken)].slice(0, 20).join("\n")}`);
  console.log(lines.join("\n"));
  expect([...new Set(broken)].slice(0, 20)).toEqual([]);
});
