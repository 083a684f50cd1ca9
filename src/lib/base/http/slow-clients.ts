/** How often connections are looked at, in milliseconds: those that are late live that much longer. */
const LOOK_EVERY_MS = 5000;
/** For the whole of a request's headers, also of the first request of a connection that says nothing. */
const HEADERS_TIMEOUT_MS = 20_000;
/** For the next request of a connection: longer than the 60 s after which proxies let go of theirs, or they would use one that is gone. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;

/**
 * What a server of ours does with clients that are slow or silent, as options of Fastify: connections without a request, with half the
 * headers of one, or idle between two, are closed. `requestTimeoutMs` is for a request with its body. A request without
 * a Host comes through to `refuseAmbiguous`: Node's own 400 says nothing.
 */
export function slowClientLimits({ requestTimeoutMs }: { requestTimeoutMs: number }) {
  return {
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: LOOK_EVERY_MS, requireHostHeader: false },
  };
}
