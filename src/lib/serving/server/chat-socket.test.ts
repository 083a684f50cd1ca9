import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { ChatSocket } from "./chat-socket.js";

/** A connection whose client takes a message when it is told to. */
class SlowSocket extends EventEmitter {
  readonly sent: string[] = [];
  private readonly waiting: (() => void)[] = [];

  send(text: string, taken: () => void): void {
    this.sent.push(text);
    this.waiting.push(taken);
  }

  async take(): Promise<void> {
    this.waiting.shift()?.();
    for (let turns = 0; turns < 10; turns++) await setImmediate();
  }

  close(): void {
    this.emit("close");
  }
}

/** An answer whose events are all there at once. */
function streamOf(events: readonly string[]): PassThrough & IncomingMessage {
  const stream = new PassThrough({ highWaterMark: 16 }) as unknown as PassThrough & IncomingMessage;
  stream.headers = { "content-type": "text/event-stream", "x-request-id": "req-1" };
  for (const event of events) stream.write(`data: ${event}\n\n`);
  stream.end();
  return stream;
}

describe("a client that reads slowly", () => {
  it("is sent the next event when it has taken the one before, and the next answer after that", async () => {
    const socket = new SlowSocket();
    const asked: string[] = [];
    const ask = (body: string) => (asked.push(body), Promise.resolve(streamOf(['{"a":1}', '{"a":2}', "[DONE]"])));
    new ChatSocket(socket as unknown as WebSocket, { ask, pingMs: 60_000 });
    socket.emit("message", Buffer.from('{"x":1}'), false);
    socket.emit("message", Buffer.from('{"stream":false}'), false);
    const seen: number[] = [];
    for (let i = 0; i < 4; i++) {
      await socket.take();
      seen.push(socket.sent.length);
    }
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(socket.sent.slice(0, 3)).toEqual(['{"a":1}', '{"a":2}', '{"type":"done","request_id":"req-1"}']);
    expect(asked).toEqual(['{"stream":true,"x":1}', '{"stream":true,"stream":false}']);
    socket.close();
  });

  it("that leaves is asked nothing more for", async () => {
    const socket = new SlowSocket();
    const signals: AbortSignal[] = [];
    const ask = (_body: string, signal: AbortSignal) => (signals.push(signal), Promise.resolve(streamOf(["1", "[DONE]"])));
    new ChatSocket(socket as unknown as WebSocket, { ask, pingMs: 60_000 });
    socket.emit("message", Buffer.from("{}"), false);
    socket.emit("message", Buffer.from("{}"), false);
    socket.close();
    for (let i = 0; i < 4; i++) await socket.take();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
