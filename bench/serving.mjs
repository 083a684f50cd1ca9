// Claim: `llmops serve` is level with llama.cpp's own server on the same file and cores, and far ahead of node-llama-cpp's plain classes.
//   node bench/serving.mjs [--model tiny|135m|0.5b|FILE] [--clients 1,4,8,16] [--case unique|prefix|burst] [--rounds 3] [--tokens 64]
//                          [--llama-server BINARY] [--against URL] [--plain] [--requests N] [--flags "..."]
// Runs are interleaved (A B A B ...); printed are medians and the ratios of llmops to each other server.
import { parseArgs } from "node:util";
import { availableParallelism } from "node:os";
import Table from "cli-table3";
import { benchModel } from "./make-model.mjs";
import { medianOf, runLoad, uniqueWords } from "./load.mjs";
import { startLlamaServer, startLlmops, startPlain } from "./servers.mjs";

const { values: options } = parseArgs({
  options: {
    model: { type: "string", default: "135m" },
    clients: { type: "string", default: "1,4,8,16" },
    case: { type: "string", default: "unique" },
    rounds: { type: "string", default: "3" },
    tokens: { type: "string", default: "64" },
    requests: { type: "string" },
    "llama-server": { type: "string" },
    against: { type: "string" },
    plain: { type: "boolean", default: false },
    flags: { type: "string", default: "" },
  },
});
const SAMPLING = { temperature: 0.8, top_k: 40, top_p: 0.95, min_p: 0.05, ignore_eos: true };
const CONTEXT = 1024;
const model = options.model.endsWith(".gguf") ? options.model : await benchModel(options.model);
const tokens = Number(options.tokens);
const threads = availableParallelism();

/** Requests of one case; the shared prefix is about 512 tokens. */
function caseBodies(name, promptWords) {
  const body = (messages, i) => ({ model: "x", ...SAMPLING, max_tokens: tokens, seed: i, messages });
  if (name === "unique") return () => (i) => body([{ role: "user", content: uniqueWords(promptWords) }], i);
  return () => {
    const system = { role: "system", content: uniqueWords(promptWords * 4) };
    return (i) => body([system, { role: "user", content: uniqueWords(16) }], i);
  };
}

async function measure(server, clients, bodies, requests) {
  const bodyOf = bodies();
  if (options.case === "prefix") await runLoad({ url: server.url, clients: 1, requests: 1, bodyOf });
  return runLoad({ url: server.url, clients, requests, bodyOf });
}

/** Words that make about 128 tokens with this tokenizer. */
async function wordsFor128(url) {
  const probe = await runLoad({
    url,
    clients: 1,
    requests: 1,
    bodyOf: () => ({ max_tokens: 1, messages: [{ role: "user", content: uniqueWords(60) }] }),
  });
  return probe.promptTokens > 0 ? Math.round((128 / probe.promptTokens) * 60) : 60;
}

for (const clients of options.clients.split(",").map(Number)) {
  const setup = { slots: clients, context: CONTEXT, threads };
  const servers = { llmops: await startLlmops(model, { ...setup, flags: options.flags.split(" ").filter(Boolean) }) };
  if (options["llama-server"]) servers["llama-server"] = await startLlamaServer(options["llama-server"], model, setup);
  if (options.plain) servers.plain = await startPlain(model, setup);
  if (options.against) servers.other = { url: options.against, stop: async () => undefined };
  const words = await wordsFor128(servers.llmops.url);
  const requests = Number(options.requests ?? Math.max(4, clients * 2));
  const runs = Object.fromEntries(Object.keys(servers).map((name) => [name, []]));
  const bodies = caseBodies(options.case, words);
  for (const server of Object.values(servers)) await measure(server, clients, bodies, clients);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, server] of Object.entries(servers))
      runs[name].push(await measure(server, clients, bodies, options.case === "burst" ? clients : requests));
  }
  print(clients, runs);
  for (const server of Object.values(servers)) await server.stop();
}

function print(clients, runs) {
  const table = new Table({
    head: ["server", "tok/s", "TTFT p50", "TTFT p95", "gap p50", "wall s", "tok/s ratio", "TTFT ratio"],
    style: { head: [] },
  });
  const own = runs.llmops;
  for (const [name, list] of Object.entries(runs)) {
    const value = (measure, digits = 1) => medianOf(list, measure).toFixed(digits);
    const ratio = name === "llmops" ? "" : (medianOf(own, "tokensPerSecond") / medianOf(list, "tokensPerSecond")).toFixed(2);
    const first = name === "llmops" ? "" : (medianOf(list, "firstP50") / medianOf(own, "firstP50")).toFixed(2);
    table.push([
      name,
      value("tokensPerSecond"),
      value("firstP50"),
      value("firstP95"),
      value("gapP50", 2),
      value("seconds", 2),
      ratio,
      first,
    ]);
  }
  console.log(
    `\n${options.model}, ${options.case}, ${clients} clients, ${tokens} tokens (${medianOf(own, "promptTokens").toFixed(0)} prompt tokens)`,
  );
  console.log(table.toString());
}
