// Claim: memory does not grow over 10,000 requests: whole, streamed, aborted, refused.
//   node bench/leak.mjs [REQUESTS]
import { startLlmops } from "./servers.mjs";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const total = Number(process.argv[2] ?? 10_000);
const model = fileURLToPath(new URL("../models/demo/demo-q8_0.gguf", import.meta.url));
const server = await startLlmops(model, { slots: 8, context: 256 });
const residentMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]) / 1024;

/** The i-th request: one of each kind in turn. */
async function send(i) {
  const body = { messages: [{ role: "user", content: `What is the capital of France? ${i}` }], max_tokens: 8, seed: i };
  const kinds = [
    {},
    { stream: true },
    { n: 2, logprobs: true },
    { max_tokens: 200, ignore_eos: true },
    { response_format: { type: "json_object" } },
    { temperature: 9 },
  ];
  const kind = i % kinds.length;
  const response = await fetch(`${server.url}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...body, ...kinds[kind] }),
    ...(kind === 3 ? { signal: AbortSignal.timeout(15) } : {}),
  }).catch(() => undefined);
  await response?.text().catch(() => undefined);
}

let next = 0;
const marks = [];
const client = async () => {
  while (next < total) {
    const i = next++;
    await send(i);
    if ((i + 1) % (total / 10) === 0) marks.push({ requests: i + 1, residentMiB: Math.round(residentMiB()) });
  }
};
await Promise.all(Array.from({ length: 16 }, client));
console.table(marks);
const half = marks.at(4)?.residentMiB ?? 0;
console.log(`second half: ${marks.at(-1).residentMiB - half} MiB`);
await server.stop();
