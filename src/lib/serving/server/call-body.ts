import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Call, JsonObject } from "../../inference/gateway/call.js";
import { checkBody, toDeadlines } from "../../inference/openai/wire-fields.js";
import { audienceOf } from "./cache-audience.js";
import { callerOf } from "./caller.js";
import { withOneBound } from "./call-bounds.js";
import { withDefaults } from "./request-defaults.js";
import type { TrackingChoice } from "./request-tracking.js";
import type { Service } from "./service.js";

const seconds = z.number().gt(0).max(300).nullish();

/** What the server itself reads of a body, whoever answers it. */
const besideSchema = z.looseObject({
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  timeout: seconds,
  first_token_timeout: seconds,
  stall_timeout: seconds,
  track_experiment: z.boolean().nullish(),
  experiment_name: z.string().min(1).nullish(),
  run_name: z.string().min(1).nullish(),
  tags: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
});

/** A request as the gateway takes it. Throws INVALID_ARGUMENT naming the field. */
export function toCall(path: string, request: FastifyRequest, service: Service): { call: Call; trackingChoice: TrackingChoice } {
  const beside = checkBody(besideSchema, request.body);
  const body = request.body as JsonObject;
  refuseEmpty(path, body);
  const call: Call = {
    path,
    method: "POST",
    body: withOneBound(complete(body, service)),
    stream: beside.stream ?? false,
    includeUsage: beside.stream_options?.include_usage ?? false,
    requestId: request.id,
    deadlines: { ...service.deadlines, ...toDeadlines(beside) },
    audience: audienceOf(request, path, service.sharing),
    caller: callerOf(request).id,
  };
  return { call, trackingChoice: toTrackingChoice(beside) };
}

function refuseEmpty(path: string, body: JsonObject): void {
  const param = path === "/v1/completions" ? "prompt" : "messages";
  const isThere = param === "prompt" ? body[param] !== undefined : Array.isArray(body[param]);
  if (!isThere) throw new LlmopsError("INVALID_ARGUMENT", `${param}: there is none.`, { param });
}

/** What the request says itself, then the defaults for its model, then those of providers. */
function complete(asked: JsonObject, service: Service): JsonObject {
  const { defaultTemperature, defaultMaxTokens, local } = service;
  const bodyOfModel = withDefaults(asked, service.defaultsOf(asked));
  return withDefaults(bodyOfModel, {
    ...(defaultTemperature !== undefined && { temperature: defaultTemperature }),
    // the local model answers as long as its context lasts
    ...(!local && defaultMaxTokens !== undefined && { max_tokens: defaultMaxTokens }),
  });
}

function toTrackingChoice(beside: z.output<typeof besideSchema>): TrackingChoice {
  const tags = Object.entries(beside.tags ?? {}).map(([key, value]) => [key, String(value)]);
  return {
    track: beside.track_experiment ?? undefined,
    experiment: beside.experiment_name ?? undefined,
    runName: beside.run_name ?? undefined,
    tags: Object.fromEntries(tags) as Record<string, string>,
  };
}
