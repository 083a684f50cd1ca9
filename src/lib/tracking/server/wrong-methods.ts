import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * Answers what no route takes: 405 with the methods there are, where only the method is wrong, else 404. To be called before routes are
 * added.
 */
export function answerUnknownRoutes(app: FastifyInstance): void {
  const routes: { path: RegExp; method: string }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    const path = toPattern(url);
    for (const one of [method].flat()) routes.push({ path, method: one });
  });
  app.setNotFoundHandler((request, reply) => {
    const [path = ""] = request.url.split("?");
    const methods = new Set(routes.filter((route) => route.path.test(path)).map(({ method }) => method));
    return methods.size > 0 ? refuseMethod(request, reply, [...methods]) : refusePath(request, reply, path);
  });
}

function refuseMethod({ method, url }: FastifyRequest, reply: FastifyReply, methods: readonly string[]): FastifyReply {
  const message = `${url.split("?")[0]} takes ${methods.join(", ")}, not ${method}.`;
  return reply.status(405).header("allow", methods.join(", ")).send({ error_code: "ENDPOINT_NOT_FOUND", message });
}

function refusePath({ method }: FastifyRequest, reply: FastifyReply, path: string): FastifyReply {
  return reply.status(404).send({ error_code: "ENDPOINT_NOT_FOUND", message: `No route matches ${method} ${path}.` });
}

/** A route's path as a pattern of the paths it takes. */
function toPattern(url: string): RegExp {
  const parts = url.split("/").map((part) => {
    if (part === "*") return ".*";
    return part.startsWith(":") ? "[^/]+" : part.replaceAll(/[.+?^${}()|[\]\\*]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("/")}$`);
}
