// Claim: no request holds up the others: under attack /health answers within 50 ms (p99), and running streams keep their pace (inter-token p99 at most 3 times that without attacks).
import { fileURLToPath } from "node:url";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";
import { startLlmops } from "./servers.mjs";

const STREAMS = 3;
const QUIET_MS = 6000;
/** Every attack goes on for at least so long, again and again. */
const ATTACK_MS = 2000;
const HEALTH_EVERY_MS = 10;
const CHAT = "/v1/chat/completions";

const many = (count, one) => Array.from({ length: count }, (_, index) => one(index));
const hello = [{ role: "user", content: "Hello" }];
const chat = (more) => JSON.stringify({ messages: hello, max_tokens: 1, ...more });
const schema = (one) => chat({ response_format: { type: "json_schema", json_schema: { name: "a", schema: one } } });
const deep = (count) => "[".repeat(count) + "]".repeat(count);
/** As text: JSON.stringify goes no deeper than its stack. */
const nested = (count) => `${'{"type":"object","properties":{"a":'.repeat(count)}{}${"}}".repeat(count)}`;
const tool = (index) => ({
  type: "function",
  function: { name: `tool_${index}`, parameters: { type: "object", properties: { a: { type: "string" } } } },
});

const ATTACKS = {
  "messages x 2,000": [CHAT, chat({ messages: many(2000, () => hello[0]) })],
  "messages x 16,000": [CHAT, chat({ messages: many(16_000, () => hello[0]) })],
  "tokenize 15 MB": ["/tokenize", JSON.stringify({ content: "a b ".repeat(3_750_000) })],
  "tokenize 0.9 MB of words": ["/tokenize", JSON.stringify({ content: "word ".repeat(180_000) })],
  "tokenize 0.9 MB without spaces": ["/tokenize", JSON.stringify({ content: "x".repeat(900_000) })],
  "tokenize 75,000 special tokens": ["/tokenize", JSON.stringify({ content: "<|im_end|>".repeat(75_000), add_special: true })],
  "chat of 3.9 MB without spaces": [CHAT, chat({ messages: [{ role: "user", content: "x".repeat(3_900_000) }] })],
  "chat of 3.9 MB of escapes": [CHAT, `{"messages":[{"role":"user","content":"${"\\u0041".repeat(650_000)}"}]}`],
  "detokenize 1e6 ids": ["/detokenize", JSON.stringify({ tokens: many(1_000_000, () => 5) })],
  "detokenize 90,000 ids": ["/detokenize", JSON.stringify({ tokens: many(90_000, () => 5) })],
  "logit_bias 1e6": [CHAT, chat({ logit_bias: Object.fromEntries(many(1_000_000, (i) => [i, 0])) })],
  "logit_bias 1,000": [CHAT, chat({ logit_bias: Object.fromEntries(many(1000, (i) => [i, 1])) })],
  "stop x 500,000": [CHAT, chat({ stop: many(500_000, String) })],
  "stop x 16, 1,000 characters": [CHAT, chat({ stop: many(16, (i) => String(i).repeat(500)) })],
  "tools x 5,000": [CHAT, chat({ tools: many(5000, tool) })],
  "tools x 128": [CHAT, chat({ tools: many(128, tool) })],
  "prompts x 50,000": ["/v1/completions", JSON.stringify({ prompt: many(50_000, String), max_tokens: 1 })],
  "prompts x 128": ["/v1/completions", JSON.stringify({ prompt: many(128, String), max_tokens: 1 })],
  "embeddings x 2,048": ["/v1/embeddings", JSON.stringify({ input: many(2048, (i) => `text ${i}`) })],
  "tags x 40,000": [CHAT, chat({ tags: Object.fromEntries(many(40_000, (i) => [`t${i}`, i])) })],
  "deep JSON in a chat": [CHAT, `{"messages":${deep(1_000_000)}}`],
  "deep JSON in embeddings": ["/v1/embeddings", `{"input":${deep(3000)}}`],
  "3.9 MB of members": [CHAT, JSON.stringify(Object.fromEntries(many(300_000, (i) => [`k${i}`, 0])))],
  "49,000 members": ["/v1/embeddings", JSON.stringify({ input: "a", ...Object.fromEntries(many(49_000, (i) => [`k${i}`, 0])) })],
  "16,000 content parts": [CHAT, chat({ messages: [{ role: "user", content: many(16_000, () => ({ type: "text", text: "a" })) }] })],
  "enum of 16,000": [CHAT, schema({ enum: many(16_000, (i) => `value ${i}`) })],
  "enum of 1,900": [CHAT, schema({ enum: many(1900, (i) => `value ${i}`) })],
  "schema 3,000 deep": [CHAT, schema("SCHEMA").replace('"SCHEMA"', nested(3000))],
  "schema in a circle": [CHAT, schema({ $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" })],
  "minItems 5,000": [CHAT, schema({ type: "array", items: { type: "string" }, minItems: 5000 })],
  "minLength 1e6": [CHAT, schema({ type: "string", minLength: 1_000_000 })],
};

if (isMainThread) await main();
else await probe(workerData);

async function main() {
  const names = process.argv.slice(2);
  const server = await startLlmops("demo", { slots: STREAMS + 1, context: 512, flags: ["--no-cache"] });
  const origin = new URL(server.url).origin;
  const watch = new Worker(fileURLToPath(import.meta.url), { workerData: { origin } });
  const measured = async (work) => {
    watch.postMessage("begin");
    const result = await work();
    watch.postMessage("end");
    return { ...(await new Promise((resolve) => watch.once("message", resolve))), ...result };
  };
  try {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const quiet = await measured(() => new Promise((resolve) => setTimeout(resolve, QUIET_MS)));
    const rows = [["attack", "status", "time ms", "/health p99", "max", "inter-token p99", "x quiet"], row("(none)", quiet, quiet)];
    for (const [name, [path, body]] of Object.entries(ATTACKS).filter(
      ([name]) => names.length === 0 || names.some((one) => name.includes(one)),
    )) {
      rows.push(row(name, await measured(() => attack(origin + path, body)), quiet));
      process.stderr.write(`${rows.at(-1).join("  ")}\n`);
    }
    print(rows);
  } finally {
    await watch.terminate();
    await server.stop();
  }
}

/** Sends a request again and again; its status, and the longest any took. */
async function attack(url, body) {
  const until = performance.now() + ATTACK_MS;
  const statuses = new Set();
  let longest = 0;
  do {
    const begun = performance.now();
    const status = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(60_000),
    })
      .then(async (response) => (await response.arrayBuffer(), response.status))
      .catch((error) => error.cause?.code ?? error.name);
    statuses.add(status);
    longest = Math.max(longest, performance.now() - begun);
  } while (performance.now() < until);
  return { status: [...statuses].join(" "), took: longest };
}

function row(name, { status = "", took, health, pauses }, quiet) {
  const p99 = quantile(pauses, 0.99);
  const ms = (value) => (value === undefined ? "" : value.toFixed(1));
  const ratio = p99 / quantile(quiet.pauses, 0.99);
  return [name, status, ms(took), ms(quantile(health, 0.99)), ms(quantile(health, 1)), ms(p99), ratio.toFixed(1)];
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

function print(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => String(cells[column]).length)));
  for (const cells of rows)
    console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join("  "));
  const worst = (column) => Math.max(...rows.slice(2).map((cells) => Number(cells[column])));
  console.log(
    `worst: /health p99 ${worst(3).toFixed(1)} ms (at most 50), inter-token p99 ${worst(6).toFixed(1)} times that without attacks (at most 3)`,
  );
}

/** In a thread of its own, which the attacker's own work does not hold up: streams without end, and /health again and again. */
async function probe({ origin }) {
  let seen;
  parentPort.on("message", (message) => {
    if (message === "begin") seen = { health: [], pauses: [] };
    else {
      parentPort.postMessage(seen);
      seen = undefined;
    }
  });
  const stream = async () => {
    for (;;) {
      const body = JSON.stringify({ messages: hello, stream: true, ignore_eos: true, max_tokens: 400, temperature: 1 });
      const response = await fetch(origin + CHAT, { method: "POST", headers: { "content-type": "application/json" }, body });
      if (!response.ok) throw new Error(`a stream was answered with ${response.status}: ${await response.text()}`);
      let last;
      const pieces = response.body.getReader();
      while (!(await pieces.read()).done) {
        const now = performance.now();
        if (last !== undefined) seen?.pauses.push(now - last);
        last = now;
      }
    }
  };
  const health = async () => {
    for (;;) {
      const begun = performance.now();
      await (await fetch(`${origin}/health`)).arrayBuffer();
      seen?.health.push(performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS));
    }
  };
  await Promise.all([...many(STREAMS, stream), health()]);
}
