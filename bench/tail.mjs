// Claim: also the slowest answers of `llmops serve` are soon there: near capacity, beside prompts of 4k tokens, and beside another key's burst.
//   node bench/tail.mjs [--model tiny|135m|FILE] [--case load,long,keys] [--loads 50,80,95] [--slots 4] [--seconds 30] [--rounds 2]
//                       [--tokens 64] [--seed 1] [--llama-server BINARY] [--flags "..."]
// load: requests of about 128 prompt tokens come in an open loop (Poisson, the same moments for all), at shares of the lowest of the servers'
//       capacities, which is measured before with twice as many clients as slots.
// long: all slots but one stream without pause, while prompts of about 4,000 tokens come one after the other.
// keys: one key asks now and then (Poisson), alone and while another sends 40 requests at a time.
// Runs are interleaved (A B A B ...); quantiles are those of all rounds together, with how many values they are of: p99.9 of fewer than some
// thousands is the longest or close to it.
import { parseArgs } from "node:util";
import { availableParallelism } from "node:os";
import Table from "cli-table3";
import { benchModel } from "./make-model.mjs";
import { poissonArrivals, quantileOf, runLoad, runOpenLoop, uniqueWords } from "./load.mjs";
import { startLlamaServer, startLlmops } from "./servers.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "tiny" },
    case: { type: "string", default: "load,long,keys" },
    loads: { type: "string", default: "50,80,95" },
    slots: { type: "string", default: "4" },
    seconds: { type: "string", default: "30" },
    rounds: { type: "string", default: "2" },
    tokens: { type: "string", default: "64" },
    seed: { type: "string", default: "1" },
    "llama-server": { type: "string" },
    flags: { type: "string", default: "" },
  },
});
const [slots, seconds, rounds, tokens, seed] = ["slots", "seconds", "rounds", "tokens", "seed"].map((name) => Number(options[name]));
const WORDS = 43; // about 128 tokens
const LONG_WORDS = 1330; // about 4,000
const KEYS = ["quiet-key", "burst-key"];
const BURST = 40;
const model = options.model.endsWith(".gguf") ? options.model : await benchModel(options.model);

const bodyOf = (words, most) => (i) => ({
  ...{ model: "x", temperature: 0.8, top_k: 40, ignore_eos: true, max_tokens: most, seed: i },
  messages: [{ role: "user", content: uniqueWords(words) }],
});
const usual = bodyOf(WORDS, tokens);

async function withServers(context, keys, work) {
  const setup = { slots, context, threads: availableParallelism() };
  const named = keys ? ["--api-key", KEYS.join(",")] : [];
  const servers = {
    llmops: await startLlmops(model, { ...setup, flags: ["--queue", "100000", ...named, ...options.flags.split(" ").filter(Boolean)] }),
  };
  if (options["llama-server"]) servers["llama-server"] = await startLlamaServer(options["llama-server"], model, { ...setup, flags: named });
  const key = keys ? KEYS[0] : undefined;
  for (const { url } of Object.values(servers)) await runLoad({ url, key, clients: slots, requests: 2 * slots, bodyOf: usual });
  await work(servers);
  for (const server of Object.values(servers)) await server.stop();
}

/** Runs every server in turn, round after round; `run` gives lists of milliseconds by name. */
async function interleave(servers, run) {
  const all = Object.fromEntries(Object.keys(servers).map((name) => [name, {}]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, server] of Object.entries(servers)) {
      for (const [measure, values] of Object.entries(await run(server, round))) (all[name][measure] ??= []).push(...values);
    }
  }
  return all;
}

function print(title, results) {
  const table = new Table({ head: ["server", "milliseconds", "values", "p50", "p99", "p99.9", "most"], style: { head: [] } });
  for (const [name, measures] of Object.entries(results)) {
    for (const [measure, values] of Object.entries(measures)) {
      const quantiles = [0.5, 0.99, 0.999, 1].map((share) => quantileOf(values, share).toFixed(1));
      table.push([name, measure, values.length, ...quantiles]);
    }
  }
  console.log(`\n${options.model}, ${slots} slots: ${title}\n${table.toString()}`);
}

/** Requests a second with more clients than slots. */
async function capacityOf({ url }) {
  const requests = 4 * slots;
  const [clients, from] = [2 * slots, performance.now()];
  let asked = 0;
  while (performance.now() - from < (1000 * seconds) / 4) {
    await runLoad({ url, clients, requests, bodyOf: usual });
    asked += requests;
  }
  return (1000 * asked) / (performance.now() - from);
}

async function measureLoads(servers) {
  const capacities = {};
  for (const [name, server] of Object.entries(servers)) capacities[name] = await capacityOf(server);
  const shown = Object.entries(capacities).map(([name, capacity]) => `${name} ${capacity.toFixed(2)}`);
  console.log(`\nrequests a second, closed loop: ${shown.join(", ")}`);
  for (const load of options.loads.split(",").map(Number)) {
    const perSecond = (Math.min(...Object.values(capacities)) * load) / 100;
    const results = await interleave(servers, async ({ url }, round) => {
      const arrivals = poissonArrivals({ perSecond, seconds, seed: seed + round });
      const { firsts, gaps } = await runOpenLoop({ url, arrivals, bodyOf: usual });
      return { "first token": firsts, "between tokens": gaps };
    });
    print(`${load} % of capacity, ${perSecond.toFixed(2)} requests a second`, results);
  }
}

/** Calls again and again until the time is over; gives what came of it. */
async function repeat(work) {
  const until = performance.now() + 1000 * seconds;
  const results = [];
  while (performance.now() < until) results.push(await work());
  return results;
}

async function measureLong(servers) {
  const results = await interleave(servers, async ({ url }) => {
    const stream = () => repeat(() => runOpenLoop({ url, arrivals: [0], bodyOf: bodyOf(16, 4 * tokens) }));
    const long = repeat(() => runOpenLoop({ url, arrivals: [0], bodyOf: bodyOf(LONG_WORDS, 1) }));
    const streams = (await Promise.all(Array.from({ length: slots - 1 }, stream))).flat();
    const firsts = (await long).flatMap((one) => one.firsts);
    return { "first token of the long ones": firsts, "between tokens of the streams": streams.flatMap(({ gaps }) => gaps) };
  });
  print(`${slots - 1} streams beside prompts of about 4,000 tokens`, results);
}

async function measureKeys(servers) {
  const results = await interleave(servers, async ({ url }, round) => {
    const arrivals = poissonArrivals({ perSecond: 1, seconds, seed: seed + round });
    const quiet = () => runOpenLoop({ url, key: KEYS[0], arrivals, bodyOf: usual });
    const alone = await quiet();
    let over = false;
    const bursts = (async () => {
      while (!over) await runLoad({ url, key: KEYS[1], clients: BURST, requests: BURST, bodyOf: usual });
    })();
    const beside = await quiet();
    over = true;
    await bursts;
    return {
      "first token, alone": alone.firsts,
      "first token, beside bursts": beside.firsts,
      "between tokens, beside bursts": beside.gaps,
    };
  });
  print(`one key beside another's bursts of ${BURST}`, results);
}

const CASES = {
  load: () => withServers(1024, false, measureLoads),
  long: () => withServers(5120, false, measureLong),
  keys: () => withServers(1024, true, measureKeys),
};
for (const name of options.case.split(",")) await CASES[name]();
