import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import { LlmopsError } from "../errors/llmops-error.js";

/**
 * Refuses, on every route, requests that another server on their way could take for something else: with several hosts or none (RFC 9112,
 * sections 3.2 and 3.2.2). They are answered with INVALID_ARGUMENT.
 */
export function refuseAmbiguous(app: FastifyInstance): void {
  // with callbacks: a promise for each request of each hook is what a hit of the cache would notice
  app.addHook("onRequest", ({ raw }, _reply, done) => {
    const problem = problemOfHost(raw);
    const hint = "Send one Host header, that of this server.";
    done(problem === undefined ? undefined : new LlmopsError("INVALID_ARGUMENT", problem, { param: "Host", hint }));
  });
}

/** Refuses bodies in a coding on every route that does not say it reads them. They are answered with UNSUPPORTED_MEDIA_TYPE. */
export function refuseCompressed(app: FastifyInstance): void {
  app.addHook("preParsing", ({ headers, routeOptions }, _reply, _payload, done) => {
    if (routeOptions.config.description?.readsCompressed === true) return done();
    const { "content-encoding": coding = "identity", "content-length": length = "0", "transfer-encoding": transfer } = headers;
    const hasBody = transfer !== undefined || Number(length) > 0;
    if (!hasBody || coding === "identity" || /^(identity)?$/i.test(coding.trim())) return done();
    const hint = "Send the body as it is, without Content-Encoding.";
    done(new LlmopsError("UNSUPPORTED_MEDIA_TYPE", `Content-Encoding: ${coding.slice(0, 80)} is not read here.`, { hint }));
  });
}

/** What is wrong with the hosts a request names, in words; undefined where they are one. */
function problemOfHost({ rawHeaders, headers: { host = "" }, url = "", httpVersion }: IncomingMessage): string | undefined {
  const hosts = countHosts(rawHeaders);
  if (hosts === 0 && httpVersion === "1.1") return "The request has no Host header.";
  if (hosts > 1) return `The request has ${hosts} Host headers.`;
  if (url.startsWith("/") || url === "*") return undefined;
  const authority = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1];
  return authority?.toLowerCase() === host.toLowerCase() ? undefined : "The target of the request names another host than its Host header.";
}

function countHosts(rawHeaders: readonly string[]): number {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (isHost(rawHeaders[i])) hosts++;
  return hosts;
}

function isHost(name = ""): boolean {
  return name.length === 4 && name.toLowerCase() === "host";
}
