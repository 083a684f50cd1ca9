import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

type Handler = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** An HTTP server that answers as it is told and remembers what it was asked; closed when the test ends. */
export async function fakeUpstream(handler: Handler): Promise<{ url: string; seen: SeenRequest[]; close: () => Promise<void> }> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const text = Buffer.concat(parts).toString();
      const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
      const one = { method: request.method ?? "", path: request.url ?? "", headers: request.headers, body };
      seen.push(one);
      void handler(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  onTestFinished(close);
  return { url: `http://127.0.0.1:${port}/v1`, seen, close };
}

/** A whole chat answer in OpenAI's shape. */
export function chatAnswer(text: string, more: object = {}): object {
  const choices = [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }];
  return {
    id: "up-1",
    object: "chat.completion",
    created: 1,
    model: "big",
    choices,
    usage: { prompt_tokens: 5, completion_tokens: 2 },
    ...more,
  };
}

export function sendJson(response: ServerResponse, body: object, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

/** One event of a streamed chat answer. */
export function chatEvent(delta: object, finishReason: string | null = null): object {
  return {
    id: "up-2",
    object: "chat.completion.chunk",
    created: 2,
    model: "big",
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  };
}

/** Streams the pieces, then the end, the token counts and [DONE]; without `counts` no token counts; with `breakAfter` the connection dies after so many pieces, with `until` the second waits for it. */
export async function sendStream(
  response: ServerResponse,
  pieces: readonly string[],
  {
    breakAfter = Infinity,
    pauseMs = 0,
    until,
    counts = true,
  }: { breakAfter?: number; pauseMs?: number; until?: Promise<void>; counts?: boolean } = {},
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (value: object) => response.write(`data: ${JSON.stringify(value)}\n\n`);
  send(chatEvent({ role: "assistant", content: "" }));
  for (const [i, piece] of pieces.entries()) {
    if (i >= breakAfter) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      response.destroy();
      return;
    }
    if (i === 1) await until;
    send(chatEvent({ content: piece }));
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  send(chatEvent({}, "stop"));
  const usage = { prompt_tokens: 5, completion_tokens: pieces.length, total_tokens: 5 + pieces.length };
  if (counts) send({ ...chatEvent({}), choices: [], usage });
  response.end("data: [DONE]\n\n");
}
