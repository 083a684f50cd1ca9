import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders, type Server } from "node:http";
import { pipe } from "./pipe.js";

/** A request that a server makes of itself. */
export interface InnerRequest {
  path: string;
  headers: OutgoingHttpHeaders;
  body: Buffer | string;
  /** Where it says that it comes from. */
  remoteAddress: string | undefined;
  signal: AbortSignal;
}

/**
 * Sends a POST to a server of this process, without the network: everything a request goes through holds for it too. Rejects when it is
 * aborted; the answer's body breaks off where it is aborted later.
 */
export function askWithin(server: Server, { path, headers, body, remoteAddress, signal }: InnerRequest): Promise<IncomingMessage> {
  const ends = pipe({ remoteAddress });
  server.emit("connection", ends.server);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ method: "POST", path, headers, signal, createConnection: () => ends.client }, resolve);
    request.once("error", reject);
    request.end(body);
  });
}
