import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

export interface SecurityOptions {
  /** Names in the Host header that are answered besides this machine's own and private addresses; "*" answers all. */
  allowedHosts: readonly string[];
  /** Origins whose pages may change something besides those of this machine; "*" allows all. */
  allowedOrigins: readonly string[];
  /** What clients have to send as a bearer token or as a password; anyone is let in without one. */
  token: string | undefined;
}

const OPEN_PATHS = ["/health", "/version"];
const LOCAL_NAME = /^(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)$/i;
const PRIVATE_ADDRESS = /^(10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(1[6-9]|2\d|3[01])\.\d+\.\d+|\[f[cd][0-9a-f:]+\])$/i;
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/**
 * Refuses what MLflow 3.5 and later refuse: names a DNS rebinding attack would use, and changes asked for by
 * pages of other origins (here under every path, not only /api). Then asks for the token, if there is one.
 */
export function addSecurity(app: FastifyInstance, { allowedHosts, allowedOrigins, token }: SecurityOptions): void {
  const isAllowedHost = hostTest(allowedHosts);
  const isAllowedOrigin = originTest(allowedOrigins);
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers({ "x-content-type-options": "nosniff", "x-frame-options": "SAMEORIGIN" });
    if (OPEN_PATHS.includes(request.url.split("?")[0] ?? "")) return;
    if (!isAllowedHost(request.headers.host ?? "")) {
      return refuse(reply, "Invalid Host header - possible DNS rebinding attack detected. Name the host with --allowed-hosts to allow it.");
    }
    const { origin } = request.headers;
    if (origin !== undefined && !SAFE_METHODS.includes(request.method) && !isAllowedOrigin(origin)) {
      return refuse(reply, "Cross-origin request blocked. Name the origin with --cors-allowed-origins to allow it.");
    }
    const isPreflight = request.method === "OPTIONS"; // browsers ask without credentials
    if (token !== undefined && !isPreflight && !hasToken(request, token)) {
      void reply.status(401).header("www-authenticate", 'Basic realm="mlflow"');
      return reply.send({
        error_code: "UNAUTHENTICATED",
        message: "You are not authenticated. Send the server's token as a bearer token or as the password.",
      });
    }
  });
}

function refuse(reply: FastifyReply, reason: string): FastifyReply {
  return reply.status(403).type("text/plain").send(reason);
}

/** Tests a Host header: a name, perhaps with a port; entries with a port want that port, "*.name" any name below. */
function hostTest(allowed: readonly string[]): (host: string) => boolean {
  const patterns = allowed.map(toPattern);
  return (host) => {
    const name = host.replace(/:\d+$/, "");
    return LOCAL_NAME.test(name) || PRIVATE_ADDRESS.test(name) || patterns.some((pattern) => pattern.test(host) || pattern.test(name));
  };
}

function originTest(allowed: readonly string[]): (origin: string) => boolean {
  const patterns = allowed.map(toPattern);
  return (origin) => {
    const host = /^https?:\/\/(.+)$/i.exec(origin)?.[1];
    return (host !== undefined && LOCAL_NAME.test(host.replace(/:\d+$/, ""))) || patterns.some((pattern) => pattern.test(origin));
  };
}

function toPattern(text: string): RegExp {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}$`, "i");
}

function hasToken({ headers: { authorization = "" } }: FastifyRequest, token: string): boolean {
  const bearer = /^Bearer\s+(.+)$/i.exec(authorization)?.[1];
  const basic = /^Basic\s+(.+)$/i.exec(authorization)?.[1];
  const password =
    basic === undefined
      ? undefined
      : Buffer.from(basic, "base64")
          .toString("utf8")
          .replace(/^[^:]*:/, "");
  return isSame(bearer ?? password ?? "", token);
}

/** Compares in a time that tells nothing about the token. */
function isSame(given: string, token: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}
