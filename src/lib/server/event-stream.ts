import { once } from "node:events";
import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyReply } from "fastify";
import { isAbort, toLlmopsError } from "../errors/llmops-error.js";
import { toErrorBody } from "./error-body.js";
import { noteSentBytes } from "./request-log.js";

/** Beside the error of a stream, for clients that look at choices only. */
const BROKEN_OFF = { choices: [{ index: 0, delta: {}, finish_reason: "error" }] };

/**
 * Sends values as server-sent events ("data: {json}"), then "data: [DONE]". The first value is
 * awaited before the headers go out, so that an early error still gets its HTTP status; a later
 * one becomes an event with an `error` object, and "[DONE]" does not follow: only an answer that is whole ends with it.
 */
export async function streamEvents(reply: FastifyReply, events: AsyncGenerator<object>): Promise<void> {
  const first = await events.next();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
    ...(reply.getHeaders() as OutgoingHttpHeaders),
  });
  const send = async (data: string) => {
    const text = `data: ${data}\n\n`;
    noteSentBytes(reply.request, Buffer.byteLength(text));
    if (!raw.write(text) && !raw.destroyed) await Promise.race([once(raw, "drain"), once(raw, "close")]);
  };
  try {
    if (!first.done) await send(JSON.stringify(first.value));
    for await (const event of events) await send(JSON.stringify(event));
  } catch (thrown) {
    if (isAbort(thrown)) return void raw.destroy();
    const error = toLlmopsError(thrown);
    if (error.code === "INTERNAL") reply.request.log.error({ err: error.cause }, error.message);
    else reply.request.log.info({ code: error.code, reason: error.message }, "stopped");
    await send(JSON.stringify({ ...toErrorBody(error, reply.request.id), ...BROKEN_OFF }));
    return void raw.end();
  }
  await send("[DONE]");
  raw.end();
}
