// Claim: beside other busy processes `llmops serve` is as fast as with the best fixed number of threads, which others have to be told.
//   node bench/busy.mjs [--model tiny,135m] [--clients 1,4] [--busy 0,2] [--niced] [--cpus 1.5] [--rounds 3] [--tokens 64] [--seconds 4]
//                       [--llama-server BINARY] [--trace]
// All servers are started, then measured one after the other (A B C A B C ...), each beside so many endless loops. --niced gives those the
// lowest priority. --cpus puts the servers into a control group with so many cores' worth of time (needs root and cgroups). --trace prints
// threads and tokens/s over time while the load comes and goes.
import { parseArgs } from "node:util";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import Table from "cli-table3";
import { benchModel } from "./make-model.mjs";
import { medianOf, runLoad, uniqueWords } from "./load.mjs";
import { startLlamaServer, startLlmops } from "./servers.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "tiny,135m" },
    clients: { type: "string", default: "1,4" },
    busy: { type: "string", default: "0,2" },
    niced: { type: "boolean", default: false },
    cpus: { type: "string" },
    rounds: { type: "string", default: "3" },
    tokens: { type: "string", default: "64" },
    seconds: { type: "string", default: "4" },
    "llama-server": { type: "string" },
    trace: { type: "boolean", default: false },
  },
});
const PROMPT_WORDS = 43; // about 128 tokens
const CONTEXT = 1024;
const cores = availableParallelism();
const counts = [...new Set([1, 2, 4, 8, 16, 32, cores])].filter((count) => count <= cores).sort((a, b) => a - b);

const running = new Set();
let group;
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  if (group) rmdirSync(group);
});

function startLoops(count) {
  const loop = options.niced ? ["nice", ["-n", "19", "sh", "-c", "while :; do :; done"]] : ["sh", ["-c", "while :; do :; done"]];
  const loops = Array.from({ length: count }, () => spawn(...loop, { stdio: "ignore" }));
  for (const child of loops) running.add(child);
  return () =>
    Promise.all(
      loops.map((child) => new Promise((resolve) => running.delete(child) && child.once("exit", resolve) && child.kill("SIGKILL"))),
    );
}

/** A control group with a quota, and what puts a process into it. */
function quotaGroup(cpus) {
  const v2 = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const path = `/sys/fs/cgroup/${v2 ? "" : "cpu/"}llmops-bench-${process.pid}`;
  mkdirSync(path);
  if (v2) writeFileSync(`${path}/cpu.max`, `${Math.round(cpus * 100_000)} 100000`);
  else writeFileSync(`${path}/cpu.cfs_quota_us`, String(Math.round(cpus * 100_000)));
  return path;
}

const bodyOf = (i) => ({
  ...{ model: "x", temperature: 0.8, top_k: 40, ignore_eos: true, max_tokens: Number(options.tokens), seed: i },
  messages: [{ role: "user", content: uniqueWords(PROMPT_WORDS) }],
});

async function startAll(model, clients) {
  const setup = { slots: clients, context: CONTEXT };
  if (options.cpus) group ??= quotaGroup(Number(options.cpus));
  // the shell puts itself into the group first, so that the server counts its cores in there
  const within = group ? { within: ["sh", "-c", `echo $$ > ${group}/cgroup.procs && exec "$@"`, "sh"] } : {};
  const servers = { "llmops (auto)": await startLlmops(model, { ...setup, ...within }) };
  for (const count of counts)
    servers[`llmops -t ${count}`] = await startLlmops(model, { ...setup, ...within, flags: ["--threads", String(count)] });
  if (options["llama-server"]) {
    servers[`llama-server -t ${cores}`] = await startLlamaServer(options["llama-server"], model, { ...setup, ...within, threads: cores });
  }
  return servers;
}

/** As many requests as fit into the time, at least one for each client. */
async function measure({ url }, clients) {
  const until = performance.now() + 1000 * Number(options.seconds);
  let asked = 0;
  const runs = [];
  while (asked === 0 || performance.now() < until) {
    runs.push(await runLoad({ url, clients, requests: clients, bodyOf }));
    asked += clients;
  }
  const tokens = runs.reduce((sum, run) => sum + run.tokensPerSecond * run.seconds, 0);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  return { tokensPerSecond: tokens / seconds, firstP50: medianOf(runs, "firstP50") };
}

async function compare(name, model, clients) {
  const servers = await startAll(model, clients);
  for (const server of Object.values(servers)) await measure(server, clients);
  for (const busy of options.busy.split(",").map(Number)) {
    const runs = Object.fromEntries(Object.keys(servers).map((key) => [key, []]));
    const stop = startLoops(busy);
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const [key, server] of Object.entries(servers)) runs[key].push(await measure(server, clients));
    }
    await stop();
    print(
      `${name}, ${clients} clients, ${busy} busy${options.niced ? " (niced)" : ""}${options.cpus ? `, ${options.cpus} CPUs` : ""}`,
      runs,
    );
  }
  for (const server of Object.values(servers)) await server.stop();
}

function print(title, runs) {
  const speed = (key) => medianOf(runs[key], "tokensPerSecond");
  const own = speed("llmops (auto)");
  const table = new Table({ head: ["server", "tokens/s", "first token ms", "auto is"], style: { head: [] } });
  for (const key of Object.keys(runs)) {
    const ratio = key === "llmops (auto)" ? "" : (own / speed(key)).toFixed(2);
    table.push([key, speed(key).toFixed(1), medianOf(runs[key], "firstP50").toFixed(0), ratio]);
  }
  const best = Math.max(...counts.map((count) => speed(`llmops -t ${count}`)));
  console.log(`\n${title}: auto is ${(own / best).toFixed(2)} of the best fixed count\n${table.toString()}`);
}

/** The load comes after 5 s and goes after 15: what the controller does, four times a second. */
async function trace(name, model, clients) {
  const server = await startLlmops(model, { slots: clients, context: CONTEXT });
  const origin = server.url.replace(/\/v1$/, "");
  const begun = performance.now();
  let stop;
  let before = 0;
  console.log(
    `\n${name}, ${clients} clients: two busy processes from 5 s to 15 s\nseconds  threads one/several/prompt  cores taken  tokens/s`,
  );
  const load = runLoadUntil(server, clients, () => performance.now() - begun < 25_000);
  for (let at = 0; at < 25; at += 0.5) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + 1000 * at - performance.now())));
    if (at === 5) stop = startLoops(2);
    if (at === 15) await stop();
    const { threads } = await (await fetch(`${origin}/status`)).json();
    const now = load.tokens();
    console.log(
      `${at.toFixed(1).padStart(7)}  ${[threads.single, threads.several, threads.prompt].join("/").padStart(26)}  ${String(threads.cores_taken_by_others).padStart(11)}  ${((now - before) / 0.5).toFixed(0).padStart(8)}`,
    );
    before = now;
  }
  await load.done;
  await server.stop();
}

function runLoadUntil({ url }, clients, goesOn) {
  let tokens = 0;
  const done = (async () => {
    while (goesOn()) await runLoad({ url, clients, requests: clients, bodyOf, onToken: () => tokens++ });
  })();
  return { tokens: () => tokens, done };
}

for (const name of options.model.split(",")) {
  const model = name.endsWith(".gguf") ? name : await benchModel(name);
  for (const clients of options.clients.split(",").map(Number)) await (options.trace ? trace : compare)(name, model, clients);
}
