import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { HttpMethod } from "../../base/http/route-description.js";
import { checkJsonSize } from "../../base/slices/json-size.js";
import { invalid } from "../mlflow-error.js";
import type { ApiDescriptions } from "./descriptions/description.js";
import { Fields, isObject } from "./fields.js";
import { routeConfig, type TrackingRoute } from "./route-config.js";

/** Far beyond what a log-batch of 1,000 metrics, or the largest trace that MLflow sends, is. */
export const JSON_LIMITS = { depth: 128, values: 2_000_000 };

/** Answers a request: the object becomes the JSON of a 200. */
export type Handler = (fields: Fields, call: { request: FastifyRequest; reply: FastifyReply }) => object | Promise<object>;

/** A method, or two joined with "|", and a path below /api, such as "POST 2.0/mlflow/runs/create". */
export type Routes = Readonly<Record<string, Handler>>;

/** Adds routes, each with its description, under /api and, for MLflow's own page, under /ajax-api. */
export function addRoutes(app: FastifyInstance, routes: Routes, descriptions: ApiDescriptions): void {
  for (const [name, handle] of Object.entries(routes)) {
    const described = descriptions[name];
    if (!described) throw new TypeError(`the route ${name} is not described`);
    const [methods = "", path = ""] = name.split(" ");
    for (const method of methods.split("|") as HttpMethod[]) {
      const { fields, errors = [], ...more } = described;
      const taken = fields && (method === "GET" ? { query: fields } : { body: fields });
      const description: TrackingRoute = { methods: [method], path: `/api/${path}`, scope: "token", ...more, ...taken, errors };
      for (const prefix of ["/api/", "/ajax-api/"]) {
        const handler = async (request: FastifyRequest, reply: FastifyReply) =>
          reply.send(await handle(askedFields(request), { request, reply }));
        app.route({ method, url: prefix + path, handler, config: routeConfig(description) });
      }
    }
  }
}

/** A handler whose answer is JSON already, in UTF-8. */
export function answerBytes(find: (fields: Fields) => Promise<Uint8Array>): Handler {
  return async (fields, { reply }) => {
    const document = await find(fields);
    void reply.type("application/json; charset=utf-8");
    return document;
  };
}

/** Query, body and path of a request as one set of fields; the path counts most. A body of bytes has none. */
export function askedFields(request: FastifyRequest): Fields {
  const body = isObject(request.body) && Object.getPrototypeOf(request.body) === Object.prototype ? request.body : {};
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
