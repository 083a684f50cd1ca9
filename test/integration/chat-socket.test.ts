import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import type { RunningServer } from "../../src/lib/base/http/listen.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { Access } from "../../src/lib/serving/access/access.js";
import { ApiKeys } from "../../src/lib/serving/access/api-keys.js";
import { MemoryLedger } from "../../src/lib/serving/access/ledger.js";
import { parseLimit } from "../../src/lib/serving/access/limit.js";
import { localService } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";

let engine: Engine;
let server: RunningServer;
let locked: RunningServer;
const PATH = "/v1/chat/completions";

beforeAll(async () => {
  engine = await Engine.load(await openModelFile("demo"), { slots: 2, contextSize: 1024, threads: 1 });
  server = await startServer(localService(engine), { host: "127.0.0.1", port: 0, bodyLimitBytes: 100_000 });
  const keys = new ApiKeys({ keys: { infer: ["secret"] } });
  locked = await startServer(localService(engine, { keys }), { host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  await server.close();
  await locked.close();
  await engine.close();
});

interface Message {
  type?: string;
  error?: { code: string; message: string };
  choices?: { delta?: { content?: string }; message?: { content: string }; finish_reason?: string | null }[];
  [member: string]: unknown;
}

/** A client of one connection; the rest of it is closed when the test ends. */
class Client {
  readonly socket: WebSocket;
  readonly messages: Message[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(options: ClientOptions = {}, { at = server, protocols = [] as string[], path = PATH } = {}) {
    this.socket = new WebSocket(`${at.url.replace("http", "ws")}${path}`, protocols, options);
    this.socket.on("message", (data) => this.messages.push(JSON.parse((data as Buffer).toString()) as Message));
    this.closed = new Promise((resolve) => {
      this.socket.once("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    onTestFinished(() => this.socket.terminate());
  }

  async open(): Promise<this> {
    await once(this.socket, "open");
    return this;
  }

  ask(body: object): void {
    this.socket.send(JSON.stringify(body));
  }

  /** The messages of answers that have ended, each without its end. */
  async answers(count: number): Promise<Message[][]> {
    const isEnd = ({ type, error }: Message) => type === "done" || error !== undefined;
    await expect.poll(() => this.messages.filter(isEnd).length).toBe(count);
    const answers: Message[][] = [[]];
    for (const message of this.messages) {
      answers.at(-1)?.push(message);
      if (isEnd(message)) answers.push([]);
    }
    return answers.slice(0, -1);
  }
}

const question = { messages: [{ role: "user", content: "What is the capital of France?" }], temperature: 0 };
const endless = { messages: [{ role: "user", content: "Tell me something." }], ignore_eos: true, max_tokens: 900 };
const textOf = (messages: readonly Message[]) => messages.map(({ choices }) => choices?.[0]?.delta?.content ?? "").join("");

/** The status a connection is refused with. */
async function refusal(options: ClientOptions, more: ConstructorParameters<typeof Client>[1] = {}): Promise<number | undefined> {
  const { socket } = new Client(options, more);
  socket.on("error", () => undefined);
  const [, response] = (await once(socket, "unexpected-response")) as [unknown, { statusCode?: number }];
  return response.statusCode;
}

describe("chats over a WebSocket", () => {
  it("answer each message by the events of a stream, then by done, one after the other", async () => {
    const client = await new Client().open();
    client.ask(question);
    client.ask({ ...question, stream_options: { include_usage: true } });
    const [first = [], second = []] = await client.answers(2);
    expect(textOf(first)).toContain("Paris");
    expect(textOf(second)).toBe(textOf(first));
    expect(first.at(-1)).toEqual({ type: "done", request_id: expect.any(String) as string });
    expect(first.at(-2)?.choices?.[0]?.finish_reason).toBe("stop");
    expect(second.at(-2)).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) as number } });
  });

  it("answer by one message where no stream is asked for", async () => {
    const client = await new Client({}, { path: "/chat/completions" }).open();
    client.ask({ ...question, stream: false });
    const [[whole, done] = []] = await client.answers(1);
    expect(whole?.choices?.[0]?.message?.content).toContain("Paris");
    expect(done?.type).toBe("done");
  });

  it("answer what is wrong by an error, and then the next request", async () => {
    const client = await new Client().open();
    client.ask({ ...question, temperature: -1 });
    client.socket.send("{");
    client.socket.send("{}");
    client.ask(question);
    const answers = await client.answers(4);
    expect(answers.slice(0, 3).map((messages) => messages.map(({ error }) => error?.code))).toEqual([
      ["invalid_argument"],
      ["invalid_argument"],
      ["invalid_argument"],
    ]);
    expect(textOf(answers[3] ?? [])).toContain("Paris");
  });

  it("stop the generation when the client closes, and forget what still waits", async () => {
    const client = await new Client().open();
    client.ask(endless);
    client.ask(endless);
    await expect.poll(() => client.messages.length).toBeGreaterThan(2);
    client.socket.close();
    await client.closed;
    await expect.poll(() => engine.state).toMatchObject({ busySlots: 0 });
  });

  it("close on what is too large, is not text, or waits in too great a number", async () => {
    const large = await new Client().open();
    large.socket.send("x".repeat(100_001));
    expect(await large.closed).toMatchObject({ code: 1009 });
    const binary = await new Client().open();
    binary.socket.send(Buffer.from(JSON.stringify(question)), { binary: true });
    expect(await binary.closed).toMatchObject({ code: 1003 });
    const many = await new Client().open();
    for (let i = 0; i < 20; i++) many.ask(endless);
    expect(await many.closed).toEqual({ code: 1013, reason: "At most 16 requests may wait." });
    await expect.poll(() => engine.state).toMatchObject({ busySlots: 0 });
  });

  it("end where a client no longer answers pings", async () => {
    const impatient = await startServer(localService(engine), { host: "127.0.0.1", port: 0, pingMs: 20 });
    onTestFinished(() => impatient.close());
    const deaf = await new Client({ autoPong: false }, { at: impatient }).open();
    expect(await deaf.closed).toMatchObject({ code: 1006 });
    const alive = await new Client({}, { at: impatient }).open();
    await once(alive.socket, "ping");
    await once(alive.socket, "ping");
    await once(alive.socket, "ping");
    expect(alive.socket.readyState).toBe(WebSocket.OPEN);
  });

  it("let the answer that is being given end when the server stops", async () => {
    const stopping = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
    const [busy, idle] = [await new Client({}, { at: stopping }).open(), await new Client({}, { at: stopping }).open()];
    busy.ask({ ...endless, max_tokens: 200 });
    await expect.poll(() => busy.messages.length).toBeGreaterThan(2);
    const stopped = stopping.close();
    expect(await idle.closed).toMatchObject({ code: 1001 });
    const [answer = []] = await busy.answers(1);
    expect(answer.at(-2)?.choices?.[0]?.finish_reason).toBe("length");
    expect(await busy.closed).toMatchObject({ code: 1001 });
    await stopped;
  });
});

describe("who may open a WebSocket", () => {
  it("is who has a key, in a header or, as pages have to, in a protocol", async () => {
    expect(await refusal({}, { at: locked })).toBe(401);
    expect(await refusal({ headers: { authorization: "Bearer wrong" } }, { at: locked })).toBe(401);
    const header = await new Client({ headers: { authorization: "Bearer secret" } }, { at: locked }).open();
    header.ask(question);
    expect(textOf((await header.answers(1))[0] ?? [])).toContain("Paris");
    const protocol = await new Client({}, { at: locked, protocols: ["realtime", "openai-insecure-api-key.secret"] }).open();
    expect(protocol.socket.protocol).toBe("realtime");
    protocol.ask(question);
    expect(textOf((await protocol.answers(1))[0] ?? [])).toContain("Paris");
    expect(await refusal({}, { at: locked, protocols: ["realtime", "openai-insecure-api-key.wrong"] })).toBe(401);
  });

  it("is no page of another origin", async () => {
    expect(await refusal({ origin: "https://evil.example" })).toBe(403);
    expect(await refusal({ headers: { host: "evil.example" } })).toBe(403);
    expect((await new Client({ origin: "http://localhost:3000" }).open()).socket.readyState).toBe(WebSocket.OPEN);
  });

  it("is held to limits with every message", async () => {
    const access = new Access({ ledger: new MemoryLedger(), limits: [parseLimit("1/hour")], maxParallel: undefined });
    const limited = await startServer(localService(engine, { access }), { host: "127.0.0.1", port: 0 });
    onTestFinished(() => limited.close());
    const client = await new Client({}, { at: limited }).open();
    client.ask(question);
    client.ask(question);
    const [first = [], second = []] = await client.answers(2);
    expect(textOf(first)).toContain("Paris");
    expect(second).toMatchObject([{ error: { code: "rate_limited" } }]);
  });
});

describe("requests that ask for another protocol elsewhere", () => {
  it("are answered as HTTP, with their body, and so are those after them", async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    const body = JSON.stringify({ content: "Hello" });
    const wish = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    const head = `POST /tokenize HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    socket.write(`${head}${wish}\r\n${body}`);
    let text = "";
    socket.on("data", (data: Buffer) => (text += data.toString()));
    await expect.poll(() => text).toMatch(/^HTTP\/1\.1 200 OK[^]*"count":\d+/);
    text = "";
    socket.write(`GET /v1/models HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    await expect.poll(() => text).toMatch(/^HTTP\/1\.1 200 OK[^]*"object":"list"/);
  });

  it("are told where a WebSocket is to be opened, and where not", async () => {
    const plain = await fetch(`${server.url}${PATH}`);
    expect([plain.status, ((await plain.json()) as Message).error?.code]).toEqual([404, "route_not_found"]);
  });
});
