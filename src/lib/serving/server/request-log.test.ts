import Fastify from "fastify";
import { expect, it } from "vitest";
import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { toErrorBody } from "./error-body.js";
import { addHealth } from "./health.js";
import { addRequestLog } from "./request-log.js";
import { RouteTable } from "./route-table.js";
import type { Service } from "./service.js";

const INFO = 30;
const ERROR = 50;

it("logs that a model still loads as the answer of a probe, and only what failed as an error", async () => {
  const lines: { path?: string; level: number; status: number }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const app = Fastify({ logger: { stream }, disableRequestLogging: true });
  const metrics = { add: () => undefined, observe: () => undefined };
  const service = { phase: "loading", metrics, callMetrics: { label: (name: string) => name }, model: "m" } as unknown as Service;
  addRequestLog(app, service);
  const routes = new RouteTable(app);
  addHealth(routes, service);
  const broken = {
    path: "/broken",
    summary: "Fails",
    answer: z.object({}),
    methods: ["GET"],
    scope: "open",
    errors: ["INTERNAL"],
  } as const;
  routes.add(broken, (request, reply) => reply.status(500).send(toErrorBody(new LlmopsError("INTERNAL", "It broke."), request.id)));
  for (const path of ["/health/ready", "/v1/health", "/health", "/broken"]) await app.inject(path);
  expect(lines.flatMap(({ path, status, level }) => (path === undefined ? [] : [[path, status, level]]))).toEqual([
    ["/health/ready", 503, INFO],
    ["/v1/health", 503, INFO],
    ["/health", 503, INFO],
    ["/broken", 500, ERROR],
  ]);
  await app.close();
});
