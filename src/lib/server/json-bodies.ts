import { errorCodes, type FastifyInstance, type FastifyRequest } from "fastify";
import type { RequestLimits } from "../config/request-limits.js";
import { LlmopsError } from "../errors/llmops-error.js";
import { parseInPieces } from "../slices/json-pieces.js";
import { checkJsonSize } from "../slices/json-size.js";
import { inSlices } from "../slices/slices.js";
import { hintOf } from "./check-counts.js";

const TOKENIZE = /^(\/v1)?\/tokenize$/;

/** Bodies are JSON, measured before they are parsed. Throws INVALID_ARGUMENT and BODY_TOO_LARGE, naming limit and value. */
export function parseJsonBodies(app: FastifyInstance, limits: RequestLimits): void {
  const parse = app.getDefaultJsonParser("error", "error");
  const parseText = (request: FastifyRequest, text: string): unknown => {
    let parsed: unknown;
    void parse(request, text, (error: Error | null, value?: unknown) => {
      if (error) throw error;
      parsed = value;
    });
    return parsed;
  };
  const hints = { depth: hintOf("depth"), values: hintOf("values"), names: hintOf("names") };
  app.removeAllContentTypeParsers(); // a body that is no JSON is refused as such
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, async (request: FastifyRequest, body: Buffer) => {
    refuseLongText(request, body, limits);
    await checkJsonSize(body, limits, hints);
    return inSlices(parseInPieces(body, { parse: (text) => parseText(request, text) })).catch((error: unknown) => {
      throw error instanceof SyntaxError ? new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY() : error;
    });
  });
}

/** What is tokenized for its own sake is bounded by no context. */
function refuseLongText({ routeOptions }: FastifyRequest, { length }: Buffer, { tokenize_bytes: most }: RequestLimits): void {
  if (length <= most || !TOKENIZE.test(routeOptions.url ?? "")) return;
  throw new LlmopsError("BODY_TOO_LARGE", `The request has ${length} bytes, and at most ${most} are tokenized.`, {
    hint: hintOf("tokenize_bytes"),
  });
}
