import { STATUS_CODES, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance } from "fastify";
import { LlmopsError } from "../errors/llmops-error.js";

/** The JSON a server answers an error with. */
type ErrorShape = (error: LlmopsError) => object;

/**
 * Answers what Node's HTTP parser refuses before there is a request (headers that are too large or late, text that is not HTTP) with a
 * server's own error shape. The connection is closed: nobody knows where the next request would begin.
 */
export function answerBrokenRequests(shape: ErrorShape): (thrown: Error, socket: Socket) => void {
  return (thrown, socket) => {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === "ECONNRESET" || socket.destroyed) return;
    const { status, error } = refusalOf(thrown, code);
    const body = JSON.stringify(shape(error));
    if (socket.writable && !isMidAnswer(socket)) socket.write(`${headOf(status, body)}\r\n\r\n${body}`);
    socket.destroy(thrown);
  };
}

/** Whether an earlier request of the connection is being answered: text of ours would stand in the middle of that answer. */
function isMidAnswer(socket: Socket & { _httpMessage?: ServerResponse | null }): boolean {
  return socket._httpMessage?.headersSent ?? false;
}

/** Answers requests that expect something else than a 100 with a server's own error shape; Node's 417 says nothing. */
export function answerUnknownExpectations(app: FastifyInstance, shape: ErrorShape): void {
  app.server.on("checkExpectation", ({ headers }: { headers: { expect?: string } }, response: ServerResponse) => {
    const error = new LlmopsError("INVALID_ARGUMENT", `Expect: ${headers.expect?.slice(0, 80)} cannot be met.`, {
      param: "Expect",
      hint: "Send Expect: 100-continue, or none.",
    });
    response.writeHead(417, { "content-type": "application/json; charset=utf-8", connection: "close" });
    response.end(JSON.stringify(shape(error)));
  });
}

function headOf(status: number, body: string): string {
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ].join("\r\n");
}

function refusalOf(cause: Error, code: string | undefined): { status: number; error: LlmopsError } {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    const hint = "Send headers and body without a pause.";
    return { status: 408, error: new LlmopsError("REQUEST_TIMEOUT", "The request did not arrive in time.", { hint, cause }) };
  }
  if (code === "HPE_HEADER_OVERFLOW") {
    const hint = "Send fewer or shorter headers: all of them together may have 16 KiB.";
    return { status: 431, error: new LlmopsError("INVALID_ARGUMENT", "The headers of the request are too large.", { hint, cause }) };
  }
  const { reason = cause.message } = cause as { reason?: string };
  const hint = "Send HTTP/1.1, without TLS: https needs a proxy in front.";
  return { status: 400, error: new LlmopsError("INVALID_ARGUMENT", `The request is not HTTP: ${reason}.`, { hint, cause }) };
}
