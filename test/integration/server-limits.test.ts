import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { createRandom, type Random } from "../../src/lib/base/math/random.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";

let engine: Engine;
let server: RunningServer;

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 2, contextSize: 256, threads: 1, queueLimit: 8 });
  server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await server.close();
  await engine.close();
});

const CHAT = "/v1/chat/completions";
const messages = [{ role: "user", content: "Tell me something." }];
const endless = { messages, ignore_eos: true, temperature: 1 };
const post = (body: unknown, path = CHAT) =>
  fetch(`${server.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const errorIn = async (response: Response) =>
  ((await response.json()) as { error: { code: string; param: string | null; message: string } }).error;

describe("deadlines", () => {
  it("answer 408, stop the work and free the slot", async () => {
    const slow = await post({ ...endless, n: 2, max_tokens: 200, timeout: 0.02 });
    expect(slow.status).toBe(408);
    expect(await errorIn(slow)).toMatchObject({ code: "request_timeout", param: "timeout" });
    const next = await post({ messages, max_tokens: 2 });
    expect(next.status).toBe(200);
    expect(engine.state).toMatchObject({ busySlots: 0 });
  });

  it("say when it was the first token that did not come: the slots were busy", async () => {
    const busy = Array.from({ length: 4 }, () => post({ ...endless, max_tokens: 200 }));
    await expect.poll(() => engine.state).toMatchObject({ busySlots: 2 });
    const late = await post({ messages, first_token_timeout: 0.01 });
    expect(late.status).toBe(408);
    expect(await errorIn(late)).toMatchObject({ param: "first_token_timeout" });
    for (const answer of await Promise.all(busy)) expect(answer.status).toBe(200);
  });

  it("end a stream that has begun with an error event", async () => {
    const text = await (await post({ ...endless, stream: true, max_tokens: 230, n: 32, timeout: 1 })).text();
    expect(text).toContain('"code":"request_timeout"');
    expect(text).not.toContain("[DONE]");
  });

  it("longer than 300 s are refused", async () => expect((await post({ messages, timeout: 301 })).status).toBe(400));
});

it("a prompt that is too long is refused with the numbers", async () => {
  const { code, message } = await errorIn(await post({ messages: [{ role: "user", content: "word ".repeat(400) }], max_tokens: 10 }));
  expect(code).toBe("context_length_exceeded");
  expect(message).toMatch(/The prompt has \d{3} tokens, which exceeds the available context size of 256\./);
});

it("200 connections at once: some are answered, the others told when to come back, none hangs", async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, (_, seed) => post({ messages, seed, max_tokens: 8 })));
  const statuses = answers.map((answer) => answer.status);
  expect(new Set(statuses)).toEqual(new Set([200, 429]));
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(10);
  const refused = answers.find((answer) => answer.status === 429);
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  expect(await errorIn(refused!)).toMatchObject({ code: "queue_full" });
  await Promise.all(answers.filter((answer) => answer !== refused).map((answer) => answer.text()));
});

it("an abort storm of clients leaves every slot free", async () => {
  const storm = Array.from({ length: 80 }, (_, i) => {
    const options = { method: "POST", headers: { "content-type": "application/json" }, signal: AbortSignal.timeout(1 + ((i * 13) % 60)) };
    const body = JSON.stringify({ ...endless, max_tokens: 200, stream: i % 2 === 0 });
    return fetch(`${server.url}${CHAT}`, { ...options, body })
      .then((response) => response.text())
      .catch(() => "gone");
  });
  await Promise.all(storm);
  // requests of clients that are gone may still be waiting to be read
  await expect.poll(async () => (await post({ messages, max_tokens: 2 })).status, { timeout: 10_000 }).toBe(200);
  await expect.poll(() => engine.state).toMatchObject({ busySlots: 0, queuedRequests: 0 });
});

describe("1,000 malformed bodies", () => {
  const FIELDS = [
    "messages",
    "prompt",
    "temperature",
    "top_p",
    "n",
    "stop",
    "seed",
    "logit_bias",
    "tools",
    "tool_choice",
    "response_format",
  ];
  const MORE = ["input", "tokens", "content", "stream", "stream_options", "logprobs", "top_logprobs", "timeout", "suffix", "echo", "user"];
  const PATHS = [CHAT, "/v1/completions", "/v1/embeddings", "/tokenize", "/detokenize", "/infer"];

  function randomValue(random: Random, depth = 0): unknown {
    const kind = Math.floor(random() * (depth > 2 ? 6 : 9));
    const makers = [
      () => null,
      () => random() < 0.5,
      () => Math.floor((random() - 0.5) * 10 ** Math.floor(random() * 20)),
      () => random() * 3 - 1,
      () => Array.from({ length: Math.floor(random() * 20) }, () => String.fromCharCode(Math.floor(random() * 0xffff))).join(""),
      () => ["user", "auto", "json_object", "text", "a"][Math.floor(random() * 5)],
      () => Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth + 1)),
      () => ({ role: "user", content: randomValue(random, depth + 1) }),
      () => Object.fromEntries([...FIELDS, ...MORE].filter(() => random() < 0.1).map((name) => [name, randomValue(random, depth + 1)])),
    ];
    return makers[kind]?.();
  }

  function randomBody(random: Random): string {
    const valid = { messages, prompt: "a", input: "a", max_tokens: 1, max_new_tokens: 1, content: "a", tokens: [5] };
    const changed = Object.fromEntries([...FIELDS, ...MORE].filter(() => random() < 0.15).map((name) => [name, randomValue(random)]));
    const text = JSON.stringify(random() < 0.2 ? randomValue(random) : { ...valid, ...changed }) ?? "";
    return random() < 0.1 ? text.slice(0, Math.floor(random() * text.length)) : text;
  }

  it("never give a 5xx, and the server goes on", async () => {
    const random = createRandom(20261121);
    const counts = new Map<number, number>();
    for (let round = 0; round < 100; round++) {
      const bodies = Array.from({ length: 10 }, () => ({ path: PATHS[Math.floor(random() * PATHS.length)]!, body: randomBody(random) }));
      await Promise.all(
        bodies.map(async ({ path, body }) => {
          const response = await post(body, path);
          await response.text();
          counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
          expect(response.status, `${path} ${body}`).toBeLessThan(500);
        }),
      );
    }
    expect(counts.get(400)).toBeGreaterThan(300);
    expect(counts.get(200)).toBeGreaterThan(100);
    expect((await post({ messages, max_tokens: 2 })).status).toBe(200);
  });
});

describe("server-sent events, byte by byte", () => {
  /** The raw body of a streamed answer. */
  async function rawStream(body: object): Promise<Buffer> {
    const sent = httpRequest(`${server.url}${CHAT}`, { method: "POST", headers: { "content-type": "application/json" } });
    sent.end(JSON.stringify({ ...body, stream: true }));
    const [response] = (await once(sent, "response")) as [NodeJS.ReadableStream];
    const pieces: Buffer[] = [];
    for await (const piece of response) pieces.push(piece as Buffer);
    return Buffer.concat(pieces);
  }

  const contents = (raw: Buffer) =>
    raw
      .toString("utf8")
      .split("\n\n")
      .filter((event) => event.startsWith("data: {"))
      .map((event) => (JSON.parse(event.slice(6)) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? "");

  it("every event is one data line and a blank line, the last [DONE]", async () => {
    const text = (await rawStream({ ...endless, max_tokens: 30, seed: 1 })).toString("utf8");
    expect(
      text
        .split("\n\n")
        .slice(0, -1)
        .every((event) => /^data: (\{.*\}|\[DONE\])$/.test(event)),
    ).toBe(true);
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("a character of several tokens comes whole", async () => {
    const ids = await engine.tokenize("🙂");
    expect(ids.length).toBeGreaterThan(1);
    for (let seed = 0; seed < 12; seed++) {
      const bias = Object.fromEntries(ids.map((id) => [String(id), 100]));
      const pieces = contents(await rawStream({ ...endless, max_tokens: 40, seed, temperature: 2, logit_bias: bias }));
      for (const piece of pieces) expect(piece).toBe(Buffer.from(piece, "utf8").toString("utf8"));
      const whole = (await (await post({ ...endless, max_tokens: 40, seed, temperature: 2, logit_bias: bias })).json()) as {
        choices: { message: { content: string } }[];
      };
      expect(pieces.join("")).toBe(whole.choices[0]?.message.content);
    }
  });

  it("a stop text over several tokens never shows, not even its beginning", async () => {
    const options = { messages: [{ role: "user", content: "What is the capital of France?" }], temperature: 0 };
    const whole = contents(await rawStream(options)).join("");
    const stop = whole.slice(6, 15);
    const pieces = contents(await rawStream({ ...options, stop }));
    expect(pieces.join("")).toBe(whole.slice(0, whole.indexOf(stop)));
  });

  it("a client that sends its request in small pieces is answered all the same", async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    const body = JSON.stringify({ messages, max_tokens: 2 });
    const text = `POST ${CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;
    for (let i = 0; i < text.length; i += 40) {
      socket.write(text.slice(i, i + 40));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    let answer = "";
    for await (const piece of socket) answer += String(piece);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});
