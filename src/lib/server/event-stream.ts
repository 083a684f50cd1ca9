import { once } from "node:events";
import type { FastifyReply } from "fastify";
import { isAbort, toLlmopsError } from "../errors/llmops-error.js";
import { toErrorBody } from "./error-body.js";

/**
 * Sends values as server-sent events ("data: {json}"), then "data: [DONE]". The first value is
 * awaited before the headers go out, so that an early error still gets its HTTP status; a later
 * one becomes an event with an `error` object.
 */
export async function streamEvents(reply: FastifyReply, events: AsyncGenerator<object>): Promise<void> {
  const first = await events.next();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
    "x-request-id": reply.request.id,
  });
  const send = async (data: string) => {
    if (!raw.write(`data: ${data}\n\n`) && !raw.destroyed) await Promise.race([once(raw, "drain"), once(raw, "close")]);
  };
  try {
    if (!first.done) await send(JSON.stringify(first.value));
    for await (const event of events) await send(JSON.stringify(event));
  } catch (thrown) {
    if (isAbort(thrown)) return void raw.destroy();
    const error = toLlmopsError(thrown);
    if (error.code === "INTERNAL") reply.request.log.error({ err: error.cause }, error.message);
    else reply.request.log.info({ code: error.code, reason: error.message }, "stopped");
    await send(JSON.stringify(toErrorBody(error, reply.request.id)));
  }
  await send("[DONE]");
  raw.end();
}
