import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { STORE_PATHS } from "./own-routes.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { addAccess, refuseUnruled } from "./access/add-access.js";
import type { UserAccess } from "./access/user-access.js";
import { OriginGuard, type GuardOptions, type Intrusion } from "../../base/http/origin-guard.js";

export interface SecurityOptions extends GuardOptions {
  /** What clients have to send as a bearer token or as a password; anyone is let in without one. */
  token: string | undefined;
  /** The users of the server, in place of a token: each has permissions of their own. */
  access?: UserAccess | undefined;
}

const OPEN_PATHS: readonly string[] = ["/health", "/version", ...STORE_PATHS];
const REFUSALS: Record<Intrusion, string> = {
  host: "Invalid Host header - possible DNS rebinding attack detected. Name the host with --allowed-hosts to allow it.",
  origin: "Cross-origin request blocked. Name the origin with --cors-allowed-origins to allow it.",
};

/**
 * Refuses what MLflow 3.5 and later refuse: names a DNS rebinding attack would use, and changes asked for by
 * pages of other origins (here under every path, not only /api). Then asks for the token, if there is one, or for a user.
 */
export function addSecurity(app: FastifyInstance, backend: TrackingBackend, { token, access, ...allowed }: SecurityOptions): void {
  refuseUnruled(app);
  // a browser sends a user's password along, whatever page on this machine asks it to
  const guard = new OriginGuard({ ...allowed, trustsThisMachine: access === undefined });
  app.addHook("onRequest", async (request, reply) => {
    void reply.headers({ "x-content-type-options": "nosniff", "x-frame-options": "SAMEORIGIN" });
    if (OPEN_PATHS.includes(request.url.split("?")[0] ?? "")) return;
    const intrusion = guard.check(request);
    if (intrusion) return reply.status(403).type("text/plain").send(REFUSALS[intrusion]);
    const isPreflight = request.method === "OPTIONS"; // browsers ask without credentials
    if (token !== undefined && !isPreflight && !hasToken(request, token)) {
      void reply.status(401).header("www-authenticate", 'Basic realm="mlflow"');
      return reply.send({
        error_code: "UNAUTHENTICATED",
        message: "You are not authenticated. Send the server's token as a bearer token or as the password.",
      });
    }
  });
  if (access) addAccess(app, backend, access);
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
