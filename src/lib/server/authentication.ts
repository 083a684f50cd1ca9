import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance } from "fastify";
import type { ApiKeys } from "../access/api-keys.js";
import { LlmopsError } from "../errors/llmops-error.js";
import { noteCaller } from "./admit.js";

/** What probes, scrapers and people who want to know how to ask need no key for. */
const OPEN_PATHS = new Set(["/health", "/health/live", "/health/ready", "/docs", "/openapi.json"]);

/** Asks for a key, in `Authorization: Bearer` or the header of that name, wherever keys are needed. */
export function addAuthentication(app: FastifyInstance, keys: ApiKeys, header: string): void {
  app.addHook("onRequest", async (request, reply) => {
    const path = request.url.split("?")[0] ?? "";
    if (!keys.areNeeded || OPEN_PATHS.has(path) || request.method === "OPTIONS") return;
    const presented = presentedKey(request.headers, header);
    const caller = presented === undefined ? undefined : keys.identify(presented);
    if (caller) return noteCaller(request, caller);
    void reply.header("www-authenticate", "Bearer");
    const what = presented === undefined ? "This server needs an API key." : "The API key is not known here, or was revoked.";
    throw new LlmopsError("UNAUTHORIZED", what, { hint: `Send it as "Authorization: Bearer KEY" or "${header}: KEY".` });
  });
}

function presentedKey(headers: IncomingHttpHeaders, header: string): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.authorization ?? "")?.[1];
  const own = headers[header.toLowerCase()];
  return bearer ?? (typeof own === "string" && own !== "" ? own : undefined);
}
