// Claims: a cache hit takes less than 1 ms of the server and there are 2,000 a second on one core; looking in vain adds less than
// 0.5 ms; a gateway in front of an upstream adds at most 1 ms and passes 1,500 requests a second on; metrics and tracking cost less than
// 3 % of the demo model's throughput.
//   node bench/gateway.mjs [--rounds 1500]
// Servers are processes of their own. "A second of one core" counts the server's own processor time, whatever else the machine does.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { quantile } from "simple-statistics";
import { Pool } from "undici";
import { MetricRegistry } from "../dist/lib/base/metrics/metric-registry.js";
import { CallMetrics } from "../dist/lib/serving/server/call-metrics.js";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "1500" } } });
const ROUNDS = Number(options.rounds);
const CLIENTS = 32;
const TURN = 50;
const WARM_UP = 500;
const folder = mkdtempSync(join(tmpdir(), "bench-gateway-"));
const children = [];
const path = (name) => fileURLToPath(new URL(name, import.meta.url));

async function start(args) {
  const env = { ...process.env, LLMOPS_STATE_DIR: join(folder, "state"), NO_COLOR: "1" };
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], cwd: folder, env });
  children.push(child);
  let text = "";
  const url = await new Promise((resolve, reject) => {
    child.once("exit", () => reject(new Error(`ended: ${text}`)));
    child.stdout.on("data", (part) => {
      text += part;
      const [, found] = /Listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(text) ?? [];
      if (found && text.includes("Press Ctrl+C")) resolve(found);
    });
  });
  return { url, pid: child.pid, stop: () => child.kill("SIGKILL") };
}

const serve = (...args) => start([path("../bin/run.cjs"), "serve", "--port", "0", "--log-level", "silent", ...args]);

let unique = 0;
const body = (more = {}) =>
  JSON.stringify({
    model: "demo",
    messages: [{ role: "user", content: "What is the capital of France?" }],
    temperature: 0,
    max_tokens: 16,
    ...more,
  });
const fresh = () => body({ seed: ++unique });

async function ask(pool, content) {
  const begun = performance.now();
  const answer = await pool.request({
    method: "POST",
    path: "/v1/chat/completions",
    headers: { "content-type": "application/json" },
    body: content,
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`answered ${answer.statusCode}`);
  return { ms: performance.now() - begun, overhead: Number(answer.headers["x-llmops-overhead-ms"]) };
}

/** Seconds of processor time a process has used. */
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Median times of one client, the servers asked by turns: so many requests each, as a process that has just slept answers later. */
async function latencies(servers, content) {
  const pools = servers.map(({ url }) => new Pool(url, { connections: 1 }));
  const found = servers.map(() => ({ ms: [], overhead: [] }));
  for (let turn = 0; turn < (ROUNDS + WARM_UP) / TURN; turn++) {
    for (const [k, pool] of pools.entries()) {
      for (let i = 0; i < TURN; i++) {
        const { ms, overhead } = await ask(pool, content());
        if (turn < WARM_UP / TURN) continue;
        found[k].ms.push(ms);
        found[k].overhead.push(overhead);
      }
    }
  }
  await Promise.all(pools.map((pool) => pool.close()));
  return found.map(({ ms, overhead }) => ({ ms: quantile(ms, 0.5), overhead: quantile(overhead, 0.5) }));
}

/** Requests a second with many clients, and for each second of the server's own processor time. */
async function throughput({ url, pid }, content, requests) {
  const pool = new Pool(url, { connections: CLIENTS });
  const run = async (count) => {
    let left = count;
    const client = async () => {
      while (left-- > 0) await ask(pool, content());
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
  };
  await run(requests / 4);
  const [begun, used] = [performance.now(), processorSeconds(pid)];
  await run(requests);
  const result = { perSecond: requests / ((performance.now() - begun) / 1000), perCore: requests / (processorSeconds(pid) - used) };
  await pool.close();
  return result;
}

try {
  const upstream = await start([path("gateway/upstream.mjs")]);
  const args = ["--upstream", `${upstream.url}/v1`, "--track", "off"];
  const cached = await serve(...args);
  const plain = await serve(...args, "--no-cache");

  const [hit] = await latencies([cached], () => body());
  const hits = await throughput(cached, () => body(), ROUNDS * 8);
  console.log(`cache hit: ${hit.overhead.toFixed(2)} ms in the server, ${hit.ms.toFixed(2)} ms for the client (p50, one client)`);
  console.log(`cache hits: ${hits.perSecond.toFixed(0)} a second, ${hits.perCore.toFixed(0)} a second of one core (${CLIENTS} clients)`);

  const [direct, without, miss] = await latencies([upstream, plain, cached], fresh);
  console.log(`looking in vain adds ${(miss.ms - without.ms).toFixed(2)} ms (p50)`);
  console.log(
    `the gateway adds ${(without.ms - direct.ms).toFixed(2)} ms (p50 ${direct.ms.toFixed(2)} -> ${without.ms.toFixed(2)}), says ${without.overhead.toFixed(2)}`,
  );
  const passed = await throughput(plain, fresh, ROUNDS * 6);
  console.log(
    `passed on: ${passed.perSecond.toFixed(0)} requests a second, ${passed.perCore.toFixed(0)} a second of one core (${CLIENTS} clients)`,
  );
  for (const server of [upstream, cached, plain]) server.stop();

  const off = await serve("--track", "off", "--no-cache", "--threads", "1");
  const all = await serve("--track", "all", "--no-cache", "--threads", "1", "--tracking-uri", folder);
  const speeds = { off: [], all: [] };
  for (let round = 0; round < 11; round++) {
    for (const [name, server] of [["off", off], ["all", all]]) speeds[name].push((await throughput(server, fresh, 300)).perSecond); // prettier-ignore
  }
  const [bare, tracked] = [quantile(speeds.off, 0.5), quantile(speeds.all, 0.5)];
  console.log(
    `demo model: ${bare.toFixed(0)} requests a second, ${tracked.toFixed(0)} with every one tracked (${(100 * (1 - tracked / bare)).toFixed(1)} % less)`,
  );
  console.log(
    `metrics: ${metricsMicroseconds().toFixed(0)} microseconds a request of 16 tokens (${((metricsMicroseconds() * bare) / 1e4).toFixed(2)} % of that)`,
  );
} finally {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}

function metricsMicroseconds() {
  const metrics = new CallMetrics(new MetricRegistry(), "base");
  const origin = { provider: "self", failed: [], cache: "miss", waitedMs: 1 };
  const usage = { promptTokens: 12, completionTokens: 16 };
  const record = { call: {}, model: "demo", origin, usage, timing: { firstTokenMs: 5, totalMs: 50, queueMs: 1 }, firstTokenMs: 6, totalMs: 51, finishReason: "stop", text: "" }; // prettier-ignore
  const times = 20_000;
  const begun = performance.now();
  for (let i = 0; i < times; i++) {
    metrics.begin();
    for (let token = 0; token < 16; token++) metrics.notePause("demo", 3);
    metrics.end(record);
  }
  return ((performance.now() - begun) * 1000) / times;
}
