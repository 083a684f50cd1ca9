import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ApiKeys, KeyOwner } from "../access/api-keys.js";
import { allows } from "../access/scopes.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { isLoopbackHost } from "../../base/http/addresses.js";
import { isLocalOrigin, OriginGuard, type GuardOptions, type Intrusion } from "../../base/http/origin-guard.js";
import { noteCaller } from "./caller.js";
import { scopeOf } from "./route-table.js";

export interface AuthorizationOptions extends GuardOptions {
  keys: ApiKeys | undefined;
  /** The header a key may come in, beside Authorization. */
  header: string;
}

/** The header that pages of other origins cannot send unasked: it tells programs of this machine from what a browser is made to send. */
const LOCAL_HEADER = "x-llmops-local";
/** Probes ask under whatever name or address a platform knows the server by, and learn nothing but its state. */
const PROBES = ["/health", "/health/live", "/health/ready"];
const REFUSALS: Record<Intrusion, { what: string; hint: string }> = {
  host: {
    what: "This server does not accept the host name of the request (Host), which may point here without authorization.",
    hint: "If the name is yours, start the server with --allowed-hosts NAME.",
  },
  origin: {
    what: "Pages of other origins may not use this server.",
    hint: "If the page is yours, start the server with --cors-origin ORIGIN.",
  },
};

/** Lets requests in by where they come from, then by the scopes of their key. Throws FORBIDDEN and UNAUTHORIZED. */
export function addAuthorization(app: FastifyInstance, { keys, header, ...allowed }: AuthorizationOptions): void {
  const guard = new OriginGuard(allowed);
  const isOnlyLocal = isLoopbackHost(allowed.boundTo ?? "");
  app.addHook("onRequest", async (request, reply) => {
    if (PROBES.includes(request.routeOptions.url ?? "")) return;
    const scope = scopeOf(request);
    // a GET that is passed on to an upstream costs what a POST costs
    const intrusion = guard.check(request, { acts: scope === "infer" && request.method !== "OPTIONS" });
    if (intrusion) throw new LlmopsError("FORBIDDEN", REFUSALS[intrusion].what, { hint: REFUSALS[intrusion].hint });
    if (scope === "open" || request.method === "OPTIONS") return;
    if (keys?.areNeeded !== true) {
      if (scope === "admin") demandLocal(request, isOnlyLocal);
      return;
    }
    const owner = identify(keys, request, reply, header);
    noteCaller(request, owner);
    if (scope === "key" || allows(owner.scopes, scope)) return;
    throw new LlmopsError("FORBIDDEN", `This needs a key with the scope ${scope}; ${owner.name} has ${owner.scopes.join(", ")}.`, {
      hint: `Create one with: llmops keys create NAME --scope ${scope}`,
    });
  });
}

/** Where there are no keys, only programs of this machine change the server, and none of a server that others reach. */
function demandLocal({ headers }: FastifyRequest, isOnlyLocal: boolean): void {
  if (!isOnlyLocal) {
    throw new LlmopsError("FORBIDDEN", "This needs a key with the scope admin, and the server has no keys.", {
      hint: "Create one with: llmops keys create NAME --scope admin (or start the server with LLMOPS_ADMIN_API_KEY). All requests then need a key.",
    });
  }
  const { origin } = headers;
  if (headers[LOCAL_HEADER] === "1" && (origin === undefined || isLocalOrigin(origin))) return;
  throw new LlmopsError("FORBIDDEN", "Without keys, only programs on this machine may do this.", {
    hint: "Send the header X-LLMOps-Local: 1, as `llmops cache clear` does, or make a key with: llmops keys create NAME --scope admin",
  });
}

function identify(keys: ApiKeys, { headers }: FastifyRequest, reply: FastifyReply, header: string): KeyOwner {
  const presented = presentedKey(headers, header);
  const owner = presented === undefined ? undefined : keys.identify(presented);
  if (owner) return owner;
  void reply.header("www-authenticate", "Bearer");
  const what = presented === undefined ? "This server needs an API key." : "The API key is unknown or was revoked.";
  throw new LlmopsError("UNAUTHORIZED", what, { hint: `Send it as "Authorization: Bearer KEY" or "${header}: KEY".` });
}

function presentedKey(headers: IncomingHttpHeaders, header: string): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? "")?.[1];
  const own = headers[header.toLowerCase()];
  return bearer ?? (typeof own === "string" && own !== "" ? own : undefined);
}
