import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";
import { flow, type Sink } from "../../inference/openai/feed.js";
import { toErrorBody } from "./error-body.js";
import { countSentBytes } from "./request-log.js";

/** Beside the error of a stream, for clients that look at choices only. */
const BROKEN_OFF = { choices: [{ index: 0, delta: {}, finish_reason: "error" }] };

/**
 * Sends values as server-sent events ("data: {json}"), then "data: [DONE]". The first value is
 * awaited before the headers go out, so that an early error still gets its HTTP status; a later
 * one becomes an event with an `error` object, and "[DONE]" does not follow: only an answer that is whole ends with it.
 */
export function streamEvents(reply: FastifyReply, events: AsyncIterable<object>): Promise<void> {
  return new Promise((resolve, reject) => {
    flow(events, new EventWriter(reply, { resolve, reject }));
  });
}

class EventWriter implements Sink<object> {
  private readonly reply: FastifyReply;
  private readonly raw: ServerResponse;
  private readonly sent: { bytes: number };
  private readonly done: { resolve: () => void; reject: (error: Error) => void };
  private begun = false;
  /** Settles once the client has taken what was written. */
  private drained: Promise<unknown> | undefined;

  constructor(reply: FastifyReply, done: { resolve: () => void; reject: (error: Error) => void }) {
    this.reply = reply;
    this.raw = reply.raw;
    this.sent = countSentBytes(reply.request);
    this.done = done;
  }

  take(event: object): Promise<unknown> | undefined {
    return this.send(JSON.stringify(event));
  }

  end(): void {
    void this.send("[DONE]");
    this.raw.end();
    this.done.resolve();
  }

  fail(thrown: unknown): void {
    if (!this.begun) return this.done.reject(thrown as Error);
    this.breakOff(thrown);
    this.done.resolve();
  }

  private breakOff(thrown: unknown): void {
    const { raw, reply } = this;
    if (isAbort(thrown)) return void raw.destroy();
    const error = toLlmopsError(thrown);
    if (error.code === "INTERNAL") reply.request.log.error({ err: error.cause }, error.message);
    else reply.request.log.info({ code: error.code, reason: error.message }, "stopped");
    void this.send(JSON.stringify({ ...toErrorBody(error, reply.request.id), ...BROKEN_OFF }));
    raw.end();
  }

  private begin(): void {
    this.begun = true;
    this.reply.hijack();
    this.raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
      ...(this.reply.getHeaders() as OutgoingHttpHeaders),
    });
  }

  /** Gives a promise while the client takes less than it is sent. */
  private send(data: string): Promise<unknown> | undefined {
    if (!this.begun) this.begin();
    const { raw } = this;
    const text = `data: ${data}\n\n`;
    this.sent.bytes += Buffer.byteLength(text);
    if (raw.write(text) || raw.destroyed) return undefined;
    return (this.drained ??= this.whenDrained());
  }

  private whenDrained(): Promise<void> {
    const { raw } = this;
    return new Promise((resolve) => {
      const goOn = () => {
        raw.off("drain", goOn).off("close", goOn);
        this.drained = undefined;
        resolve();
      };
      raw.on("drain", goOn).on("close", goOn);
    });
  }
}
