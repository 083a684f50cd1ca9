import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import { isLocalOrigin } from "../../base/http/origin-guard.js";

const LIMITED = ["Requests", "Tokens", "USD"].flatMap((unit) =>
  ["Limit", "Remaining", "Reset"].map((what) => `X-RateLimit-${what}-${unit}`),
);
/** Headers of answers that pages of other origins may read, beside those that browsers show every page. */
const EXPOSED = [
  ...["X-Request-Id", "X-Cache", "X-Cache-Age", "X-Cache-Reason", "Retry-After", ...LIMITED],
  ...["X-LLMOps-Provider", "X-LLMOps-Fallback-From", "X-LLMOps-Overhead-Ms", "X-LLMOps-Tool-Format"],
  ...["X-LLMOps-Relaxed-Schema", "X-LLMOps-Ignored-Fields"],
];

/** The name for pages of this machine, whatever their port. */
const LOCAL = "localhost";

/** Has browsers let pages of these origins do with the server all that programs can; * stands for any origin, localhost for this machine's. */
export function allowPages(app: FastifyInstance, origins: readonly string[]): void {
  const named = origins.includes("*") ? true : [...origins];
  const allowsLocal = origins.includes(LOCAL);
  void app.register(cors, {
    origin: (asking, allow) => {
      allow(null, allowsLocal && asking !== undefined && isLocalOrigin(asking) ? asking : named);
    },
    // old browsers and proxies take no 204 for a yes
    optionsSuccessStatus: 200,
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    exposedHeaders: EXPOSED,
  });
}
