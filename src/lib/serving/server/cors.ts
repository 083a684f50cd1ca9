import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";

const LIMITED = ["Requests", "Tokens", "USD"].flatMap((unit) =>
  ["Limit", "Remaining", "Reset"].map((what) => `X-RateLimit-${what}-${unit}`),
);
/** Headers of answers that pages of other origins may read, beside those that browsers show every page. */
const EXPOSED = [
  ...["X-Request-Id", "X-Cache", "X-Cache-Age", "X-Cache-Reason", "Retry-After", ...LIMITED],
  ...["X-LLMOps-Provider", "X-LLMOps-Fallback-From", "X-LLMOps-Overhead-Ms", "X-LLMOps-Tool-Format"],
  ...["X-LLMOps-Relaxed-Schema", "X-LLMOps-Ignored-Fields"],
];

/** Has browsers let pages of these origins do with the server all that programs can; * stands for any origin. */
export function allowPages(app: FastifyInstance, origins: readonly string[]): void {
  void app.register(cors, {
    origin: origins.includes("*") ? true : [...origins],
    methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    exposedHeaders: EXPOSED,
  });
}
