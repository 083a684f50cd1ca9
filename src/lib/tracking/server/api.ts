import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { checkJsonSize } from "../../base/slices/json-size.js";
import { invalid } from "../mlflow-error.js";
import { Fields, isObject } from "./fields.js";

/** Far beyond what a log-batch of 1,000 metrics, or the largest trace that MLflow sends, is. */
const JSON_LIMITS = { depth: 128, values: 2_000_000 };

/** Answers a request: the object becomes the JSON of a 200. */
export type Handler = (fields: Fields, call: { request: FastifyRequest; reply: FastifyReply }) => object | Promise<object>;

/** A method, or two joined with "|", and a path below /api, such as "POST 2.0/mlflow/runs/create". */
export type Routes = Readonly<Record<string, Handler>>;

/** Adds routes under /api and, for MLflow's own page, under /ajax-api. */
export function addRoutes(app: FastifyInstance, routes: Routes): void {
  for (const [name, handler] of Object.entries(routes)) {
    const [methods = "", path = ""] = name.split(" ");
    for (const prefix of ["/api/", "/ajax-api/"]) {
      app.route({
        method: methods.split("|"),
        url: prefix + path,
        handler: async (request, reply) => reply.send(await handler(readFields(request), { request, reply })),
      });
    }
  }
}

/** Query, body and path of a request as one set of fields; the path counts most. */
function readFields(request: FastifyRequest): Fields {
  const body = isObject(request.body) ? request.body : {};
  return new Fields({ ...(request.query as object), ...body, ...(request.params as object) });
}

/** Bodies are JSON, with or without a Content-Type that says so; very old clients send JSON within JSON. */
export function parseJsonBodies(app: FastifyInstance, limitBytes: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: limitBytes }, async (request: FastifyRequest, body: Buffer) => {
    const type = request.headers["content-type"];
    if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
      throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
    }
    return parseBody(body);
  });
}

async function parseBody(body: Buffer): Promise<object> {
  const text = body.toString("utf8");
  if (text.trim() === "") return {};
  await checkJsonSize(body, JSON_LIMITS);
  const outer = parse(text);
  if (typeof outer === "string") await checkJsonSize(Buffer.from(outer), JSON_LIMITS);
  const value = typeof outer === "string" ? parse(outer) : outer;
  if (isObject(value)) return value;
  throw invalid("Bad Request. The body must be a JSON object.");
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const bare = /[:[,]\s*(NaN|-?Infinity)\b/.exec(text)?.[1];
    throw invalid(bare ? `Bad Request. ${bare} is not JSON: write "${bare}", in quotes.` : "Bad Request. The body is not valid JSON.");
  }
}
