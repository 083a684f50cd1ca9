import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { readCompressedBodies } from "../../base/http/compressed-bodies.js";
import { checkJsonSize } from "../../base/slices/json-size.js";
import { inSlices, inTurn } from "../../base/slices/slices.js";
import { invalid } from "../mlflow-error.js";
import type { OtlpSpan } from "../otlp/otlp-span.js";
import { readJsonSpans } from "../otlp/read-json.js";
import { readProtobufSpans } from "../otlp/read-protobuf.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { missingValue } from "../limits.js";
import { JSON_LIMITS } from "./api.js";
import { routeConfig } from "./route-config.js";

/** Which experiment the spans are of. */
const EXPERIMENT_HEADER = "x-mlflow-experiment-id";
/** Exporters send some hundred spans at once; traces with pictures in them are larger. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024;
/** So many spans are written at once: others have their turn between. */
const BATCH = 200;
const PROTOBUF = "application/x-protobuf";

const ROUTE = routeConfig({
  ...{ methods: ["POST"], path: "/v1/traces", scope: "token", upload: [PROTOBUF, "application/json"], readsCompressed: true },
  summary: "Spans by OpenTelemetry's protocol (OTLP/HTTP): protobuf or JSON, also gzipped, of the experiment in x-mlflow-experiment-id",
  ...{ answer: z.object({}), media: [PROTOBUF], errors: ["INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"] },
});

/** Takes spans as any OpenTelemetry exporter sends them (opentelemetry.io/docs/specs/otlp), and MLflow's clients from 3.4 on. */
export async function addOtlpRoutes(app: FastifyInstance, backend: TrackingBackend): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    readCompressedBodies(scope, BODY_LIMIT_BYTES);
    scope.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) => done(null, body));
    scope.post("/v1/traces", { config: ROUTE }, async (request, reply) => {
      const experimentId = request.headers[EXPERIMENT_HEADER];
      if (typeof experimentId !== "string" || experimentId === "") throw missingValue(`${EXPERIMENT_HEADER} (a header)`);
      const isJson = isJsonBody(request);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      if (isJson) await checkJsonSize(body, JSON_LIMITS);
      await write(backend, experimentId, await inSlices(isJson ? readJsonSpans(body) : readProtobufSpans(body)));
      // an ExportTraceServiceResponse in which nothing was refused has no bytes in protobuf
      if (!isJson) void reply.type(PROTOBUF).serializer(() => "");
      return {};
    });
  });
}

function isJsonBody({ headers }: FastifyRequest): boolean {
  const type = headers["content-type"] ?? "";
  if (/^application\/json\s*(;|$)/i.test(type)) return true;
  if (/^application\/x-protobuf\s*(;|$)/i.test(type)) return false;
  throw invalid(`Bad Request. Content-Type must be one of ['${PROTOBUF}', 'application/json'], and is '${type.slice(0, 80)}'.`);
}

/** The spans of a trace are written together, as far as they fit; a client that sends all again changes nothing. */
async function write({ traces }: TrackingBackend, experimentId: string, spans: readonly OtlpSpan[]): Promise<void> {
  for (let i = 0; i < spans.length; i += BATCH) {
    await inTurn(() => traces.logSpans(experimentId, spans.slice(i, i + BATCH)));
  }
}
