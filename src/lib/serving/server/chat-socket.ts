import type { IncomingMessage } from "node:http";
import type { RawData, WebSocket } from "ws";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";
import { readEvents } from "../../inference/openai/sse-events.js";
import { withNewId } from "./answer-errors.js";

/** Of one connection: who has more to ask opens another. */
const MOST_WAITING = 16;
/** Closing codes (RFC 6455, section 7.4.1, and its registry). */
const GOING_AWAY = 1001;
const NOT_TEXT = 1003;
const TRY_LATER = 1013;

/** Sends a body to the chat API. */
export type Ask = (body: string, signal: AbortSignal) => Promise<IncomingMessage>;

/** One connection of a client: each of its messages is a request, answered one after the other by messages. */
export class ChatSocket {
  private readonly socket: WebSocket;
  private readonly ask: Ask;
  private readonly waiting: string[] = [];
  private readonly gone = new AbortController();
  private isRunning = false;
  private isStopping = false;
  private isAlive = true;

  /** Every `pingMs` the client is asked whether it is still there: one that has not answered the last time is cut off. */
  constructor(socket: WebSocket, { ask, pingMs }: { ask: Ask; pingMs: number }) {
    this.socket = socket;
    this.ask = ask;
    const pings = setInterval(() => this.ping(), pingMs);
    pings.unref();
    socket.on("pong", () => (this.isAlive = true));
    socket.on("message", (data, isBinary) => this.take(data, isBinary));
    socket.on("error", () => undefined); // the close that follows says it all
    socket.on("close", () => {
      clearInterval(pings);
      this.waiting.length = 0;
      this.gone.abort();
    });
  }

  /** Closes the connection once the answer that is being given is out. */
  stop(): void {
    this.isStopping = true;
    this.waiting.length = 0;
    if (!this.isRunning) this.socket.close(GOING_AWAY, "The server is stopping.");
  }

  private take(data: RawData, isBinary: boolean): void {
    if (isBinary) return this.socket.close(NOT_TEXT, "A message is the JSON of a request.");
    if (this.isStopping) return;
    if (this.waiting.length >= MOST_WAITING) return this.socket.close(TRY_LATER, `At most ${MOST_WAITING} requests may wait.`);
    this.waiting.push(streamed(textOf(data)));
    if (!this.isRunning) void this.run();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    for (let body = this.waiting.shift(); body !== undefined; body = this.waiting.shift()) await this.answer(body);
    this.isRunning = false;
    if (this.isStopping) this.stop();
  }

  private async answer(body: string): Promise<void> {
    try {
      const response = await this.ask(body, this.gone.signal);
      const isStream = response.headers["content-type"]?.startsWith("text/event-stream") === true;
      const isWhole = isStream ? await this.sendEvents(response) : await this.sendBody(response);
      if (isWhole) await this.send(JSON.stringify({ type: "done", request_id: response.headers["x-request-id"] }));
    } catch (error) {
      if (!isAbort(error)) await this.send(JSON.stringify(withNewId(toLlmopsError(error))));
    }
  }

  /** False where the stream ended with an error, which it has told. */
  private async sendEvents(response: IncomingMessage): Promise<boolean> {
    for await (const { data } of readEvents(response as AsyncIterable<Uint8Array>, { text: "" })) {
      if (data === "[DONE]") return true;
      await this.send(data);
    }
    return false;
  }

  private async sendBody(response: IncomingMessage): Promise<boolean> {
    const parts: Buffer[] = [];
    for await (const part of response) parts.push(part as Buffer);
    await this.send(Buffer.concat(parts).toString());
    return (response.statusCode ?? 500) < 400;
  }

  /** Ends once the client has taken it, as far as the system knows: no more is read of the answer before. */
  private send(text: string): Promise<void> {
    return new Promise((resolve) => this.socket.send(text, () => resolve()));
  }

  private ping(): void {
    if (!this.isAlive) return this.socket.terminate();
    this.isAlive = false;
    this.socket.ping();
  }
}

/** A body that asks for a stream unless it says otherwise itself: of two members of a name the last one counts. */
function streamed(text: string): string {
  return text.replace(/^\s*\{(?=\s*")/, '{"stream":true,');
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString();
}
