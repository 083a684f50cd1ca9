import send from "@fastify/send";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { routeConfig } from "./route-config.js";

/** What the application may do: its own scripts, and nothing of another origin. Charts set styles of their own. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
/** The build puts a digest of the content into the names of these. */
const HASHED = /^assets\//;
/** Named in Accept-Encoding, and not with a weight of 0. */
const TAKES_GZIP = /(?:^|[\s,])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i;
const FOREVER = "public, max-age=31536000, immutable";
const ABSENT = "The web application is not part of this build. Build llmops with npm run build; the API is at /docs.\n";
/** Links of MLflow clients are to /#/experiments/1/runs/ID; only a script sees what is behind the #. */
const FORWARD = `location.replace("/app/" + (location.hash.startsWith("#/") ? location.hash.slice(2) : ""));\n`;
const FORWARD_SCRIPT = "/app-forward.js";
const ENTRANCE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>llmops</title><script src="${FORWARD_SCRIPT}"></script></head>
<body><p><a href="/app/">The web application</a> needs JavaScript; the API is described at <a href="/docs">/docs</a>.</p></body></html>
`;

/**
 * Adds the web application below /app/: files of a folder, and its index for every other path, which are places within it. / leads to it,
 * and so do MLflow's links.
 */
export function addApplication(app: FastifyInstance, folder: string): void {
  const page = { methods: ["GET"], scope: "token", media: ["text/html"], errors: [] } as const;
  const whole = {
    config: routeConfig({ ...page, path: "/app/*", summary: "The web application: its page and its files", media: ["*/*"] }),
  };
  const bare = { config: routeConfig({ ...page, path: "/app", summary: "Redirects to the web application", statuses: [308] }) };
  const script = {
    config: routeConfig({
      ...page,
      path: FORWARD_SCRIPT,
      summary: "Redirects links to MLflow's UI to the application",
      media: ["text/javascript"],
    }),
  };
  const entrance = {
    config: routeConfig({ ...page, path: "/", summary: "Leads to the web application, where links to MLflow's UI lead too" }),
  };
  app.get("/", entrance, (_request, reply) =>
    reply.type("text/html; charset=utf-8").header("content-security-policy", POLICY).header("cache-control", "no-cache").send(ENTRANCE),
  );
  app.get("/app", bare, (_request, reply) => reply.type("text/html; charset=utf-8").redirect("/app/", 308));
  app.get<{ Params: { "*": string } }>("/app/*", whole, (request, reply) => answerFile(folder, request.params["*"], request, reply));
  app.get(FORWARD_SCRIPT, script, (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").header("cache-control", "no-cache").send(FORWARD),
  );
}

async function answerFile(folder: string, path: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  void reply.header("content-security-policy", POLICY);
  const packed = await packedOf(folder, path, request);
  const found = packed ?? (await fileOf(folder, path, request));
  if (found.type === "file") {
    void reply.headers(found.headers).header("cache-control", HASHED.test(path) ? FOREVER : "no-cache");
    if (HASHED.test(path)) void reply.header("vary", "accept-encoding");
    if (packed) void reply.header("content-encoding", "gzip").type(typeOf(path));
    return reply.status(found.statusCode).send(found.stream);
  }
  if (HASHED.test(path)) return reply.status(404).type("text/plain; charset=utf-8").send(`The application has no file ${path}.\n`);
  const index = await fileOf(folder, "index.html", request);
  if (index.type !== "file") return reply.status(404).type("text/plain; charset=utf-8").send(ABSENT);
  return reply.headers(index.headers).header("cache-control", "no-cache").status(index.statusCode).send(index.stream);
}

/** The gzip that the build put beside a file, for clients that take it and ask for the whole. */
async function packedOf(folder: string, path: string, request: FastifyRequest): Promise<Awaited<ReturnType<typeof send>> | undefined> {
  const { range } = request.headers;
  const encodings = request.headers["accept-encoding"];
  if (!HASHED.test(path) || range !== undefined || !TAKES_GZIP.test(`${encodings}`)) return undefined;
  const found = await fileOf(folder, `${path}.gz`, request);
  return found.type === "file" ? found : undefined;
}

function typeOf(path: string): string {
  const type = send.mime.getType(path) ?? "application/octet-stream";
  return send.isUtf8MimeType(type) ? `${type}; charset=utf-8` : type;
}

function fileOf(folder: string, path: string, request: FastifyRequest): ReturnType<typeof send> {
  const place = path.split("/").map(encodeURIComponent).join("/");
  return send(request.raw, `/${place}`, { root: folder, dotfiles: "ignore", cacheControl: false, index: false });
}
