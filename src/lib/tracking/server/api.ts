import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { invalid } from "../mlflow-error.js";
import { Fields, isObject } from "./fields.js";

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
  app.addContentTypeParser("*", { parseAs: "string", bodyLimit: limitBytes }, (request, body, done) => {
    const type = request.headers["content-type"];
    try {
      if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
        throw invalid("Bad Request. Content-Type must be one of ['application/json'].");
      }
      done(null, parseBody(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
}

function parseBody(text: string): unknown {
  if (text.trim() === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
    if (typeof value === "string") value = JSON.parse(value);
  } catch {
    const bare = /[:[,]\s*(NaN|-?Infinity)\b/.exec(text)?.[1];
    throw invalid(bare ? `Bad Request. ${bare} is not JSON: write "${bare}", in quotes.` : "Bad Request. The body is not valid JSON.");
  }
  if (isObject(value)) return value;
  throw invalid("Bad Request. The body must be a JSON object.");
}
