import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import { LlmopsError } from "../errors/llmops-error.js";

/**
 * Refuses, on every route, requests that another server on their way could take for something else: with several hosts (RFC 9112, sections
 * 3.2 and 3.2.2), or with a body in a coding that is not read here. Throws INVALID_ARGUMENT and UNSUPPORTED_MEDIA_TYPE in its hooks.
 */
export function refuseAmbiguous(app: FastifyInstance): void {
  app.addHook("onRequest", async ({ raw }) => {
    const problem = problemOfHost(raw);
    if (problem) throw new LlmopsError("INVALID_ARGUMENT", problem, { param: "Host", hint: "Send one Host header, that of this server." });
  });
  app.addHook("preParsing", async ({ headers }) => {
    const { "content-encoding": coding = "identity", "content-length": length = "0", "transfer-encoding": transfer } = headers;
    const hasBody = transfer !== undefined || Number(length) > 0;
    if (!hasBody || /^\s*(identity)?\s*$/i.test(coding)) return;
    throw new LlmopsError("UNSUPPORTED_MEDIA_TYPE", `Content-Encoding: ${coding.slice(0, 80)} is not read here.`, {
      hint: "Send the body as it is, without Content-Encoding.",
    });
  });
}

/** What is wrong with the hosts a request names, in words; undefined where they are one. */
function problemOfHost({ rawHeaders, headers: { host = "" }, url = "" }: IncomingMessage): string | undefined {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "host").length;
  if (hosts > 1) return `The request has ${hosts} Host headers.`;
  if (url.startsWith("/") || url === "*") return undefined;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  return authority?.toLowerCase() === host.toLowerCase() ? undefined : "The target of the request names another host than its Host header.";
}
