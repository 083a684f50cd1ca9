import { ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** A connection that a client wants to use otherwise, and what it has sent beyond its request. */
export interface Upgrade {
  socket: Socket;
  head: Buffer;
}

const upgrades = new WeakMap<IncomingMessage, Upgrade>();

/** Headers that ask for another protocol, and what Connection says of them. */
const WISH = /^(upgrade|http2-settings)$/i;

/** The connection of a request that asks for a WebSocket; undefined for any other. */
export function upgradeOf({ raw }: FastifyRequest): Upgrade | undefined {
  return upgrades.get(raw);
}

/**
 * Requests for a WebSocket at one of the paths go through the app like every other, its hooks first; `upgradeOf` gives the connection.
 * `prepare` sees them before.
 * Requests that ask for something else (h2c, as some clients do with every first request) are answered as if they had not, which
 * HTTP allows (RFC 9110, section 7.8).
 */
export function takeUpgrades(
  app: FastifyInstance,
  { paths, prepare }: { paths: readonly string[]; prepare: (request: IncomingMessage) => void },
): void {
  app.server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const [path = ""] = (request.url ?? "").split("?");
    const isAsked = request.method === "GET" && request.headers.upgrade?.toLowerCase() === "websocket" && paths.includes(path);
    if (!isAsked) return giveBack(app, request, { socket, head });
    socket.on("error", () => socket.destroy());
    prepare(request);
    upgrades.set(request, { socket, head });
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once("finish", () => socket.end());
    app.routing(request, response);
  });
}

/** Has the server read the request again, without the wish. */
function giveBack(app: FastifyInstance, { method, url, httpVersion, rawHeaders }: IncomingMessage, { socket, head }: Upgrade): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = [rawHeaders[i], rawHeaders[i + 1]];
    const kept = /^connection$/i.test(name)
      ? value
          .split(/\s*,\s*/)
          .filter((one) => !WISH.test(one))
          .join(", ")
      : value;
    if (!WISH.test(name) && kept !== "") lines.push(`${name}: ${kept}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), head]));
  app.server.emit("connection", socket);
}
