import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { FastifyReply } from "fastify";
import { isAbort, toLlmopsError } from "../../base/errors/llmops-error.js";
import { flow, type Sink } from "../../inference/openai/feed.js";
import type { JsonObject } from "../../inference/openai/json-object.js";
import type { StreamFormat } from "../dialects/translation.js";
import { countSentBytes } from "./request-log.js";

/**
 * Sends the events of an answer as they come. The first is awaited before the headers go out, so that an early error still gets its HTTP
 * status; a later one is told in the stream's own words.
 */
export function streamEvents(reply: FastifyReply, events: AsyncIterable<JsonObject>, format: StreamFormat): Promise<void> {
  return new Promise((resolve, reject) => {
    flow(events, new EventWriter(reply, format, { resolve, reject }));
  });
}

class EventWriter implements Sink<JsonObject> {
  private readonly reply: FastifyReply;
  private readonly raw: ServerResponse;
  private readonly format: StreamFormat;
  private readonly sent: { bytes: number };
  private readonly done: { resolve: () => void; reject: (error: Error) => void };
  private begun = false;
  /** Settles once the client has taken what was written. */
  private drained: Promise<unknown> | undefined;

  constructor(reply: FastifyReply, format: StreamFormat, done: { resolve: () => void; reject: (error: Error) => void }) {
    this.reply = reply;
    this.raw = reply.raw;
    this.format = format;
    this.sent = countSentBytes(reply.request);
    this.done = done;
  }

  take(event: JsonObject): Promise<unknown> | undefined {
    return this.send(this.format.event(event));
  }

  end(): void {
    void this.send(this.format.end());
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
    void this.send(this.format.error(error, reply.request.id));
    raw.end();
  }

  private begin(): void {
    this.begun = true;
    this.reply.hijack();
    this.raw.writeHead(200, {
      "content-type": this.format.contentType,
      "cache-control": "no-cache",
      "x-accel-buffering": "no",
      ...(this.reply.getHeaders() as OutgoingHttpHeaders),
    });
  }

  /** Gives a promise while the client takes less than it is sent. */
  private send(text: string): Promise<unknown> | undefined {
    if (!this.begun) this.begin();
    if (text === "") return undefined;
    const { raw } = this;
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
