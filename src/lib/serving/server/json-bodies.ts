import { errorCodes, type FastifyInstance, type FastifyRequest } from "fastify";
import type { RequestLimits } from "../../base/config/request-limits.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { PIECE_BYTES, parseInPieces } from "../../base/slices/json-pieces.js";
import { measure, refuseLargeJson } from "../../base/slices/json-size.js";
import { atOnce, inSlices } from "../../base/slices/slices.js";
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
  app.removeAllContentTypeParsers(); // a body that is not JSON is refused as such
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request: FastifyRequest, body: Buffer, done) => {
    // a request that needs no body may name a type and have none, as the OpenAI client for Python deletes
    if (body.length === 0 && request.method === "DELETE") return done(null);
    refuseLongText(request, body, limits);
    if (body.length <= PIECE_BYTES) {
      // in the turn it came in, without a promise: such are nearly all
      refuseLargeJson(atOnce(measure(body)), limits, hints);
      void parse(request, body.toString("utf8"), done);
      return;
    }
    parseLarge(body, (text) => parseText(request, text)).then((value) => done(null, value), done);
  });
  const parseLarge = async (body: Buffer, parseText: (text: string) => unknown): Promise<unknown> => {
    refuseLargeJson(await inSlices(measure(body)), limits, hints);
    try {
      return await inSlices(parseInPieces(body, { parse: parseText }));
    } catch (error) {
      throw error instanceof SyntaxError ? new errorCodes.FST_ERR_CTP_INVALID_JSON_BODY() : error;
    }
  };
}

/** What is tokenized for its own sake is bounded by no context. */
function refuseLongText({ routeOptions }: FastifyRequest, { length }: Buffer, { tokenize_bytes: most }: RequestLimits): void {
  if (length <= most || !TOKENIZE.test(routeOptions.url ?? "")) return;
  throw new LlmopsError("BODY_TOO_LARGE", `The request has ${length} bytes, and at most ${most} are tokenized.`, {
    hint: hintOf("tokenize_bytes"),
  });
}
