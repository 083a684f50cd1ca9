import { errorCodes, type FastifyInstance, type FastifyRequest } from "fastify";
import type { RequestLimits } from "../../base/config/request-limits.js";
import { readCompressedBodies } from "../../base/http/compressed-bodies.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { isJson } from "../../base/slices/is-json.js";
import { PIECE_BYTES, parseInPieces } from "../../base/slices/json-pieces.js";
import { measure, refuseLargeJson } from "../../base/slices/json-size.js";
import { atOnce, inSlices } from "../../base/slices/slices.js";
import { hintOf } from "./check-counts.js";

type Done = (error: Error | null, value?: unknown) => void;

const TOKENIZE = /^(\/v1)?\/tokenize$/;

/** What programs say where nobody told them that they send JSON, such as curl: it is looked at what they do send. */
const UNTOLD = ["", "application/x-www-form-urlencoded", "text/plain"];

/**
 * Bodies are JSON, measured before they are parsed, whatever their sender says of them. Throws INVALID_ARGUMENT and BODY_TOO_LARGE, naming
 * limit and value, and UNSUPPORTED_MEDIA_TYPE.
 */
export function parseJsonBodies(app: FastifyInstance, limits: RequestLimits, limitBytes: number): void {
  readCompressedBodies(app, limitBytes);
  const parseSafely = app.getDefaultJsonParser("error", "error");
  const parse: typeof parseSafely = (request, text, done) =>
    parseSafely(request, text, (error, value) => done(error && isJson(text) ? forbiddenName() : error, value));
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
  const parseBody = (request: FastifyRequest, body: Buffer, done: Done) => {
    // a request that needs no body may name a type and have none, as the OpenAI client for Python deletes
    if (body.length === 0 && request.method === "DELETE") return done(null);
    refuseLongText(request, body, limits);
    const keep: Done = (error, value) => done(error, error ? undefined : withExactSeed(value, body));
    if (body.length <= PIECE_BYTES) {
      // in the turn it came in, without a promise: such are nearly all
      refuseLargeJson(atOnce(measure(body)), limits, hints);
      void parse(request, body.toString("utf8"), keep);
      return;
    }
    parseLarge(body, (text) => parseText(request, text)).then((value) => keep(null, value), done);
  };
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, parseBody);
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request: FastifyRequest, body: Buffer, done: Done) => {
    const [type = ""] = (request.headers["content-type"] ?? "").split(";");
    // an object's first character: a form that was meant as one is refused as such
    if (!UNTOLD.includes(type.trim().toLowerCase()) || !/^\s*\{/.test(body.toString("utf8", 0, 64))) {
      throw new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE(type);
    }
    parseBody(request, body, done);
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

/** JSON is only refused for names that could change what all objects inherit. */
function forbiddenName(): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", "The request body has a member named __proto__, or a constructor with a prototype.", {
    hint: "Give that member, also in schemas and in the arguments of tools, another name.",
  });
}

/** What is tokenized for its own sake is bounded by no context. */
function refuseLongText({ routeOptions }: FastifyRequest, { length }: Buffer, { tokenize_bytes: most }: RequestLimits): void {
  if (length <= most || !TOKENIZE.test(routeOptions.url ?? "")) return;
  throw new LlmopsError("BODY_TOO_LARGE", `The request has ${length} bytes, and at most ${most} are tokenized.`, {
    hint: hintOf("tokenize_bytes"),
  });
}

/** A body whose seed is a whole number that JavaScript's numbers cannot hold, with its digits in place of the nearest one they can. */
function withExactSeed(body: unknown, text: Buffer): unknown {
  const seed = (body as { seed?: unknown } | null)?.seed;
  if (typeof seed !== "number" || Number.isSafeInteger(seed)) return body;
  const written = [...text.toString("utf8").matchAll(/"seed"\s*:\s*(-?\d{16,20})(?=\s*[,}])/g)].flatMap(([, digits]) => digits ?? []);
  const exact = written.findLast((digits) => Number(digits) === seed);
  return exact === undefined ? body : { ...(body as object), seed: exact };
}
