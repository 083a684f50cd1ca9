// Claim: HTTP adds at most 1 ms to a request of one token.
import { medianSorted } from "simple-statistics";
import { Engine } from "../dist/lib/inference/engine/engine.js";
import { openModelFile } from "../dist/lib/inference/models/model-file.js";
import { collectCompletion } from "../dist/lib/inference/openai/completion-target.js";
import { startServer } from "../dist/lib/serving/server/start-server.js";
import { localService } from "../dist/lib/serving/server/service.js";
import { Agent, request } from "node:http";

const ROUNDS = 400;
const engine = await Engine.load(await openModelFile("demo"), { slots: 1, contextSize: 512 });
const server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const messages = [{ role: "user", content: "What is the capital of France?" }];
const body = JSON.stringify({ messages, max_tokens: 1, temperature: 0 });

const ways = {
  "in process": () => collectCompletion(engine, { messages, maxTokens: 1, temperature: 0 }),
  "over HTTP": () =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const sent = request(`${server.url}/v1/chat/completions`, { method: "POST", agent, headers }, (response) => {
        response.resume();
        response.on("end", resolve);
      });
      sent.on("error", reject);
      sent.end(body);
    }),
};
const times = { "in process": [], "over HTTP": [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(ways)) {
    const start = performance.now();
    await run();
    if (round >= ROUNDS / 4) times[name].push(performance.now() - start);
  }
}
const median = (values) => medianSorted([...values].sort((a, b) => a - b));
for (const [name, values] of Object.entries(times)) console.log(`${name.padEnd(11)} ${median(values).toFixed(3)} ms for one token`);
console.log(`difference: ${(median(times["over HTTP"]) - median(times["in process"])).toFixed(3)} ms`);
agent.destroy();
await server.close();
await engine.close();
