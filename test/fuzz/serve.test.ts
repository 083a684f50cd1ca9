import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { attack, BODIES, randomOf } from "./attack.js";
import { mutate, toBody, type Json } from "./mutate.js";

let engine: Engine;
let server: RunningServer;

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 8, contextSize: 256, threads: 1, queueLimit: 64 });
  const deadlines = { totalMs: 600 }; // what takes longer is told so: no honest request hangs
  server = await startServer(localService(engine, { deadlines }), { host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

const tool = {
  type: "function",
  function: { name: "f", parameters: { type: "object", properties: { a: { type: "string", enum: ["x"] } } } },
};
const schema = {
  type: "json_schema",
  json_schema: { name: "s", schema: { type: "object", properties: { a: { type: "integer" } }, required: ["a"] } },
};
const chat = {
  model: "demo",
  messages: [
    { role: "system", content: "Be short." },
    { role: "user", content: "hi" },
  ],
  max_tokens: 3,
  temperature: 0,
};

/** What an honest client sends to each route. */
const HONEST: Record<string, Json[]> = {
  "/v1/chat/completions": [
    chat,
    { ...chat, stream: true, stream_options: { include_usage: true } },
    { ...chat, tools: [tool], tool_choice: "auto" },
    { ...chat, response_format: schema, logprobs: true, top_logprobs: 2, n: 2 },
  ],
  "/v1/completions": [
    { prompt: "The capital", max_tokens: 3, echo: true, logprobs: 1 },
    { prompt: ["a", "b"], max_tokens: 2, n: 2, stream: true },
    { prompt: [1, 2, 3], max_tokens: 2, stop: ["x"], logit_bias: { 5: -3 } },
  ],
  "/v1/embeddings": [{ input: "hi" }, { input: [[1, 2], [3]], encoding_format: "base64" }],
  "/infer": [{ prompt: "hi", max_tokens: 3 }],
  "/tokenize": [{ content: "hi" }, { messages: chat.messages }],
  "/detokenize": [{ tokens: [1, 2, 3] }],
  "/mlflow-config": [{ experiment_name: "e" }],
};
const NAMES = [
  ...new Set(Object.values(HONEST).flatMap((bodies) => bodies.flatMap((body) => Object.keys(body as object)))),
  ...["seed", "user", "top_p", "top_k", "min_p", "frequency_penalty", "presence_penalty", "priority", "timeout", "stall_timeout"],
  ...["tags", "run_name", "experiment_name", "track_experiment", "best_of", "max_completion_tokens", "ignore_eos", "suffix", "$ref"],
  ...["allOf", "items", "minItems", "pattern", "tool_calls", "tool_call_id", "add_special", "__proto__", "constructor"],
];

describe(`${BODIES} hostile bodies`, () => {
  it.each(Object.keys(HONEST))("to %s crash nothing, hang nothing, and are nobody's fault but their own", async (path) => {
    const random = randomOf(path);
    const bodies = HONEST[path] as Json[];
    const make = () => {
      const body = toBody(mutate(bodies[Math.floor(random() * bodies.length)] as Json, random, NAMES), random);
      const type = random() < 0.02 ? "text/plain" : "application/json";
      return { method: "POST", path, headers: { "content-type": type, "x-llmops-local": "1" }, body };
    };
    // 503 and 501 are said on purpose: too busy, or not in this model
    const { bad, shots } = await attack(server.url, {
      count: BODIES,
      make,
      isBad: (status) => status >= 500 && status !== 503 && status !== 501,
    });
    expect(bad.slice(0, 5)).toEqual([]);
    expect(shots).toBe(BODIES);
    expect((await fetch(`${server.url}/health`)).status).toBe(200);
  });
});
