import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { WebSocketServer } from "ws";
import { BODY_LIMIT_BYTES } from "../../base/config/request-limits.js";
import { askWithin } from "../../base/http/ask-within.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { takeUpgrades, upgradeOf } from "../../base/http/upgrades.js";
import { chatEventSchema } from "../../inference/openai/answer-schemas.js";
import { ChatSocket, type Ask } from "./chat-socket.js";
import { CALL_ERRORS, type RouteTable } from "./route-table.js";

const PATH = "/v1/chat/completions";
const ALIASES = ["/chat/completions"];
const PING_MS = 30_000;
/** For a client's answer to the closing of a connection. */
const CLOSE_MS = 2000;
/** Pages cannot set headers of a WebSocket: they send a key as a protocol that begins like this, as for OpenAI's own. */
const KEY_PROTOCOL = "openai-insecure-api-key.";
/** Headers that are about the connection, or about one request. */
const OF_CONNECTION =
  /^(connection|upgrade|sec-websocket-.*|cache-control|pragma|content-.*|transfer-encoding|accept-encoding|expect|x-request-id|te|trailer)$/;

export interface ChatSocketOptions {
  bodyLimitBytes?: number;
  /** How often WebSockets are asked whether they are still there; every 30 seconds when absent. */
  pingMs?: number;
}

/** GET /v1/chat/completions as a WebSocket: each message is a body of POST, and each event a message. */
export function addChatSocket(
  routes: RouteTable,
  app: FastifyInstance,
  { bodyLimitBytes = BODY_LIMIT_BYTES, pingMs = PING_MS }: ChatSocketOptions,
): void {
  const open = new Set<ChatSocket>();
  const sockets = new WebSocketServer({
    ...{ noServer: true, clientTracking: false, maxPayload: bodyLimitBytes, perMessageDeflate: false },
    ...{ closeTimeout: CLOSE_MS }, // newer than the types of ws
    handleProtocols: (offered) => [...offered].find((one) => !one.startsWith(KEY_PROTOCOL)) ?? [...offered][0] ?? false,
  });
  takeUpgrades(app, { paths: [PATH, ...ALIASES], prepare: readKeyProtocol });
  app.addHook("preClose", (done) => {
    for (const one of open) one.stop();
    done();
  });
  const summary = "Chat over a WebSocket: each message is a body of POST, and each event a message";
  const route = {
    methods: ["GET"],
    path: PATH,
    aliases: ALIASES,
    scope: "infer",
    summary,
    answer: chatEventSchema,
    statuses: [101],
  } as const;
  routes.add({ ...route, errors: [...CALL_ERRORS, "ROUTE_NOT_FOUND"] }, (request, reply) => {
    const upgrade = upgradeOf(request);
    if (!upgrade) {
      throw new LlmopsError("ROUTE_NOT_FOUND", `GET ${PATH} is for WebSockets.`, { hint: "Send POST, or open a WebSocket." });
    }
    reply.hijack();
    reply.raw.detachSocket(upgrade.socket);
    sockets.handleUpgrade(request.raw, upgrade.socket, upgrade.head, (socket) => {
      const one = new ChatSocket(socket, { ask: asker(app, request), pingMs });
      open.add(one);
      socket.once("close", () => open.delete(one));
    });
    return reply;
  });
}

/** Asks in the name of whoever opened the connection: keys and limits are looked at for each request. */
function asker({ server }: FastifyInstance, { headers, ip }: FastifyRequest): Ask {
  const kept = Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_CONNECTION.test(name))) as IncomingHttpHeaders;
  const sent = { ...kept, "content-type": "application/json" };
  return (body, signal) => askWithin(server, { path: PATH, headers: sent, body, remoteAddress: ip, signal });
}

function readKeyProtocol({ headers }: IncomingMessage): void {
  const offered = headers["sec-websocket-protocol"]?.split(/\s*,\s*/) ?? [];
  const key = offered.find((one) => one.startsWith(KEY_PROTOCOL))?.slice(KEY_PROTOCOL.length);
  if (key !== undefined && headers.authorization === undefined) headers.authorization = `Bearer ${key}`;
}
