import { once } from "node:events";
import { connect } from "node:net";
import OpenAI from "openai";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { collectCompletion } from "../../src/lib/inference/openai/completion-target.js";
import { EndpointTarget } from "../../src/lib/inference/openai/endpoint-target.js";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { errorOf } from "../helpers/error-of.js";

let engine: Engine;
let server: RunningServer;
let client: OpenAI;
const faults: string[] = [];
const logger = pino({ level: "error" }, { write: (line: string) => void faults.push(line) });

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 2, contextSize: 512 });
  server = await startServer(localService(engine), { host: "127.0.0.1", port: 0, logger });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(async () => {
  await server.close();
  await engine.close();
  expect(faults).toEqual([]);
});

const question = { model: "demo", messages: [{ role: "user" as const, content: "What is the capital of France?" }], temperature: 0 };
const post = (body: string) =>
  fetch(`${server.url}/v1/chat/completions`, { method: "POST", headers: { "content-type": "application/json" }, body });

describe("the OpenAI client against the server", () => {
  it("gets a whole answer", async () => {
    const answer = await client.chat.completions.create(question);
    expect(answer.object).toBe("chat.completion");
    expect(answer.id).toMatch(/^chatcmpl-/);
    expect(answer.model).toBe("demo");
    expect(answer.choices[0]).toMatchObject({ index: 0, finish_reason: "stop", message: { role: "assistant" } });
    expect(answer.choices[0]?.message.content).toContain("Paris");
    expect(answer.usage?.total_tokens).toBe((answer.usage?.prompt_tokens ?? 0) + (answer.usage?.completion_tokens ?? 0));
  });

  it("gets the same answer as a stream, with usage when asked", async () => {
    const whole = await client.chat.completions.create(question);
    const stream = await client.chat.completions.create({ ...question, stream: true, stream_options: { include_usage: true } });
    const parts = [];
    for await (const part of stream) parts.push(part);
    expect(parts[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: null });
    expect(parts.map((p) => p.choices[0]?.delta.content ?? "").join("")).toBe(whole.choices[0]?.message.content);
    expect(parts.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(parts.at(-1)).toMatchObject({ choices: [], usage: { total_tokens: whole.usage?.total_tokens } });
  });

  it("lists the model", async () => {
    expect((await client.models.list()).data.map((m) => m.id)).toEqual(["demo"]);
  });

  it("is told what is wrong in OpenAI's error shape", async () => {
    const wrong = client.chat.completions.create({ ...question, temperature: -1 });
    await expect(wrong).rejects.toMatchObject({
      status: 400,
      type: "invalid_request_error",
      param: "temperature",
      code: "invalid_argument",
    });
    const long = client.chat.completions.create({ ...question, messages: [{ role: "user", content: "x ".repeat(2000) }] });
    await expect(long).rejects.toMatchObject({ status: 400, code: "context_length_exceeded" });
    const thinking = client.chat.completions.create({ ...question, reasoning_effort: "high" });
    await expect(thinking).rejects.toMatchObject({ status: 400, code: "unsupported_parameter", param: "reasoning_effort" });
  });

  it("gets an HTTP error, not a broken stream, when a streamed request is wrong", async () => {
    const wrong = client.chat.completions.create({ ...question, stream: true, messages: [{ role: "user", content: "x ".repeat(2000) }] });
    await expect(wrong).rejects.toMatchObject({ status: 400, code: "context_length_exceeded" });
  });
});

describe("plain HTTP", () => {
  it("ends a stream with [DONE]", async () => {
    const response = await post(JSON.stringify({ ...question, stream: true }));
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const text = await response.text();
    expect(text).toMatch(/^data: \{/);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("answers /health", async () => {
    expect(await (await fetch(`${server.url}/health`)).json()).toMatchObject({
      status: "ready",
      model: "demo",
      device: "cpu",
      cuda_available: false,
      slots: { total: 2, busy: 0 },
    });
  });

  it("answers broken JSON with 400 and unknown routes with 404", async () => {
    const broken = await post("{");
    expect(broken.status).toBe(400);
    expect(await broken.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    const missing = await fetch(`${server.url}/v1/nothing`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ error: { code: "route_not_found" } });
  });

  it("stops generating when the client goes away, whole or streamed", async () => {
    for (const stream of [true, false]) {
      const body = JSON.stringify({
        messages: [{ role: "user", content: "Tell me something." }],
        temperature: 2,
        seed: 1,
        max_tokens: 450,
        stream,
      });
      const gone = Array.from({ length: 4 }, () =>
        fetch(`${server.url}/v1/chat/completions`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body,
          signal: AbortSignal.timeout(30),
        })
          .then((r) => r.text())
          .catch(() => undefined),
      );
      await Promise.all(gone);
      expect((await client.chat.completions.create(question)).choices[0]?.message.content).toContain("Paris");
    }
  });
});

describe("EndpointTarget against the server", () => {
  it("finds the model and gives the engine's own answer and usage", async () => {
    const target = await EndpointTarget.connect({ url: server.url });
    expect(target.model).toBe("demo");
    expect(target.location).toBe(`${server.url}/v1`);
    const request = { messages: question.messages, temperature: 0, topK: 5, minP: 0.1, seed: 4, maxTokens: 20 };
    const [remote, local] = [await collectCompletion(target, request), await collectCompletion(engine, request)];
    const compared = ({ choices, usage }: typeof local) => [choices, usage.promptTokens, usage.completionTokens];
    expect(compared(remote)).toEqual(compared(local));
    await target.close();
  });

  it("says when nobody is there, and when the URL is none", async () => {
    const unreachable = await errorOf(() => EndpointTarget.connect({ url: "http://127.0.0.1:9" }));
    expect(unreachable).toMatchObject({ code: "ENDPOINT_UNREACHABLE", exitCode: 3 });
    expect(unreachable.message).toMatch(/127\.0\.0\.1:9.*ECONNREFUSED|bad port/);
    expect((await errorOf(() => EndpointTarget.connect({ url: "nonsense" }))).code).toBe("INVALID_ARGUMENT");
    expect((await errorOf(() => EndpointTarget.connect({ url: "ftp://x" }))).code).toBe("INVALID_ARGUMENT");
  });

  it("passes on what the endpoint complains about", async () => {
    const target = await EndpointTarget.connect({ url: `${server.url}/v1/` });
    const error = await errorOf(() => collectCompletion(target, { messages: [] }));
    expect(error).toMatchObject({ code: "ENDPOINT_REFUSED" });
    expect(error.message).toContain("messages");
  });
});

it("closes although a client keeps a connection open that never sent anything", async () => {
  const own = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
  const socket = connect(Number(new URL(own.url).port), "127.0.0.1");
  await once(socket, "connect");
  await (await fetch(`${own.url}/health`)).json();
  await own.close();
  socket.destroy();
}, 10_000);

it("says when the port is taken", async () => {
  const port = Number(new URL(server.url).port);
  const error = await errorOf(() => startServer(localService(engine), { host: "127.0.0.1", port }));
  expect(error).toMatchObject({ code: "PORT_IN_USE", exitCode: 3 });
  expect(error.hint).toContain(String(port + 1));
});
