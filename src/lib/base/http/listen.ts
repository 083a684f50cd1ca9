import type { Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { LlmopsError, messageOf, systemCodeOf } from "../errors/llmops-error.js";

const SWEEP_MS = 50;
/** For the rest of a request's body once the server stops. Node no longer looks at connections then: one that sends a byte now and then would keep it for good. */
const REST_OF_BODY_MS = 10_000;

export interface RunningServer {
  url: string;
  /** Takes no new requests and waits for the running ones. */
  close(): Promise<void>;
  /** How many requests are not answered yet. */
  unfinished(): number;
}

/** Listens with an app; port 0 takes any free one. Throws PORT_IN_USE or ADDRESS_UNAVAILABLE. */
export async function listen(
  app: FastifyInstance,
  { host, port, restOfBodyMs = REST_OF_BODY_MS }: { host: string; port: number; restOfBodyMs?: number },
): Promise<RunningServer> {
  const running = trackResponses(app.server);
  const { level } = app.log;
  try {
    if (level !== "silent") app.log.level = "warn"; // callers say where it listens: Fastify's own line would be the second
    await app.listen({ host, port });
    app.log.level = level;
  } catch (cause) {
    await app.close();
    throw listenError(host, port, cause);
  }
  const { port: actual } = app.server.address() as AddressInfo;
  const shown = host.includes(":") ? `[${host}]` : host;
  return { url: `http://${shown}:${actual}`, close: () => drain(app, running, restOfBodyMs), unfinished: () => running.size };
}

/**
 * Closes the app once the running answers are out. Connections that a client keeps open beyond
 * that are cut, as those are that take too long to send their request: Node leaves one that never sent a request alone for a minute.
 */
async function drain(app: FastifyInstance, running: ReadonlySet<ServerResponse>, restOfBodyMs: number): Promise<void> {
  const end = performance.now() + restOfBodyMs;
  const sweep = setInterval(() => {
    if (running.size === 0) app.server.closeAllConnections();
    else app.server.closeIdleConnections();
    if (performance.now() < end) return;
    for (const { req } of running) if (!req.complete) req.destroy();
  }, SWEEP_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
  }
}

/** The responses of a server that are not finished yet. */
function trackResponses(server: Server): Set<ServerResponse> {
  const running = new Set<ServerResponse>();
  server.on("request", (_request, response: ServerResponse) => {
    running.add(response);
    response.once("close", () => running.delete(response));
  });
  return running;
}

function listenError(host: string, port: number, cause: unknown): LlmopsError {
  if (systemCodeOf(cause) === "EADDRINUSE") {
    return new LlmopsError("PORT_IN_USE", `Port ${port} of ${host} is already in use.`, {
      hint: `Stop what listens there, or choose another: --port ${port === 65535 ? 8080 : port + 1}.`,
      cause,
    });
  }
  return new LlmopsError("ADDRESS_UNAVAILABLE", `Cannot listen on ${host}:${port}: ${messageOf(cause)}.`, {
    hint: "Check --host and --port; ports below 1024 need special privileges.",
    cause,
  });
}
