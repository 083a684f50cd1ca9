import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { basename } from "node:path";
import { Readable } from "node:stream";
import send from "@fastify/send";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ArtifactStore } from "../artifact-store.js";
import { encodeArtifactPath } from "../artifact-path.js";
import { invalid, missing, MlflowError } from "../mlflow-error.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { nonEmpty } from "../wire/values.js";
import type { Routes } from "./api.js";
import { fileToWire, listFolder, proxied, ROOT } from "./artifact-list.js";
import { CONTENT, OF_RUN, OF_VERSION, PROXY, UPLOAD } from "./descriptions/artifacts.js";
import { Fields } from "./fields.js";
import { runId } from "./run-routes.js";

const CHUNK_BYTES = 1024 * 1024;
const PAGE_UPLOAD_BYTES = 10 * 1024 * 1024;
/** Shown as text, so that a browser never runs what somebody uploaded. */
const TEXT =
  /(^MLmodel|^MLproject|\.(txt|log|err|cfg|conf|cnf|cf|ini|properties|prop|hocon|toml|yaml|yml|xml|json|jsonl|js|py|py3|csv|tsv|md|rst|html?|svg))$/i;

/** What is shown of a stranger's file may draw itself, and nothing else. */
const SANDBOX = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; media-src 'self'";

/** Lists of artifacts: of the proxy, with names only, and of a run, with paths from its artifacts on. */
export function artifactListRoutes(backend: TrackingBackend): Routes {
  const { artifacts } = backend;
  return {
    "GET 2.0/mlflow-artifacts/artifacts": async (fields) => {
      const files = await artifacts.list(ROOT, trim(fields.text("path") ?? ""));
      return { files: nonEmpty(files.map((file) => fileToWire({ ...file, path: basename(file.path) }))) };
    },
    "GET 2.0/mlflow/artifacts/list": async (fields) =>
      listFolder(artifacts, (await backend.getRunInfo(runId(fields))).artifactUri, fields.text("path") ?? ""),
    "POST 2.0/mlflow-artifacts/mpu/:step/*": () => {
      throw new MlflowError("NOT_IMPLEMENTED", "Multipart uploads are not supported: put the file in one request.");
    },
  };
}

/** The artifact proxy: bytes in and out as streams, whatever their Content-Type says. */
export async function addArtifactProxy(app: FastifyInstance, backend: TrackingBackend): Promise<void> {
  const { artifacts, registry } = backend;
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    for (const prefix of ["/api", "/ajax-api"]) {
      const url = `${prefix}/2.0/mlflow-artifacts/artifacts/*`;
      scope.get(url, PROXY.get, (request, reply) => download(artifacts, { uri: ROOT, path: wildcard(request) }, request, reply));
      scope.put(url, PROXY.put, async (request) => {
        await artifacts.write(ROOT, wildcard(request), uploadOf(request));
        return {};
      });
      scope.delete(url, PROXY.delete, async (request) => {
        await artifacts.delete(ROOT, wildcard(request));
        return {};
      });
    }
    scope.get("/get-artifact", OF_RUN, async (request, reply) => {
      const fields = query(request);
      const uri = proxied((await backend.getRunInfo(runId(fields))).artifactUri);
      return download(artifacts, { uri, path: fields.requiredText("path") }, request, reply);
    });
    for (const prefix of ["/api", "/ajax-api"]) {
      scope.get(`${prefix}/llmops/1/artifacts/content`, CONTENT, async (request, reply) => {
        const fields = query(request);
        const uri = proxied((await backend.getRunInfo(runId(fields))).artifactUri);
        return show(artifacts, { uri, path: fields.requiredText("path") }, request, reply);
      });
    }
    scope.get("/model-versions/get-artifact", OF_VERSION, async (request, reply) => {
      const fields = query(request);
      const uri = await registry.downloadUri(fields.requiredText("name"), fields.requiredId("version"));
      return download(artifacts, { uri: proxied(uri), path: fields.requiredText("path") }, request, reply);
    });
    scope.post("/ajax-api/2.0/mlflow/upload-artifact", { ...UPLOAD, bodyLimit: PAGE_UPLOAD_BYTES }, async (request) => {
      const fields = query(request);
      if (Number(request.headers["content-length"] ?? Infinity) > PAGE_UPLOAD_BYTES)
        throw invalid("Artifact size is too large. Max size is 10 MB.");
      const uri = proxied((await backend.getRunInfo(runId(fields))).artifactUri);
      await artifacts.write(uri, fields.requiredText("path"), uploadOf(request));
      return {};
    });
  });
}

/** A file of an artifact folder, from its root. */
interface Place {
  uri: string;
  path: string;
}

async function download(artifacts: ArtifactStore, place: Place, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const name = basename(place.path);
  return answer(artifacts, place, { request, reply }, { "content-type": contentType(name), "content-disposition": attachment(name) });
}

/** RFC 6266: a name for clients that read no others, and the name as it is. */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^ -~]|["\\]/g, "_");
  return `attachment; filename="${plain}"${plain === name ? "" : `; filename*=UTF-8''${encodeURIComponent(name)}`}`;
}

/** Shows a file in the browser, as what it is: in a sandbox, where it runs nothing and asks for nothing. */
async function show(artifacts: ArtifactStore, place: Place, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const type = send.mime.getType(place.path) ?? (TEXT.test(place.path) ? "text/plain" : "application/octet-stream");
  const isText = /^text\/|json|xml|javascript/.test(type);
  const shown = { "content-type": isText ? `${type}; charset=utf-8` : type, "content-security-policy": SANDBOX };
  return answer(artifacts, place, { request, reply }, { ...shown, "x-content-type-options": "nosniff" });
}

/** Answers with a file, or a range of it; the headers are sent only with that. */
async function answer(
  artifacts: ArtifactStore,
  { uri, path }: Place,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
  headers: Readonly<Record<string, string>>,
): Promise<FastifyReply> {
  const { sizeBytes: size } = await artifacts.describe(uri, path);
  const asked = request.headers.range ?? "";
  takeRange(request, size);
  const options = {
    root: artifacts.placeOf(uri, ""),
    dotfiles: "allow",
    cacheControl: false,
    contentType: false,
    highWaterMark: CHUNK_BYTES,
  } as const;
  const sent = await send(request.raw, `/${encodeArtifactPath(path)}`, options);
  if (sent.type === "error" && sent.statusCode === 404) throw missing(`No such artifact: '${path}'`);
  void reply.header("cross-origin-resource-policy", "same-origin");
  if (sent.statusCode === 416) {
    const message = `The range ${asked} has no byte of '${path}', which has ${size}.`;
    return reply.headers(sent.headers).type("application/json").status(416).send({ error_code: "INVALID_PARAMETER_VALUE", message });
  }
  return reply
    .headers({ ...sent.headers, ...headers })
    .status(sent.statusCode)
    .send(sent.stream);
}

/** RFC 9110, 14.2: a Range that is not valid is as none; 14.1.2: the last bytes of a shorter file are all of it. */
function takeRange({ raw }: FastifyRequest, size: number): void {
  const ranges = /^bytes=(.*)$/i.exec(raw.headers.range ?? "")?.[1]?.split(",") ?? [];
  const read = ranges.map((range) => {
    const [, first = "", last = ""] = /^\s*(\d*)-(\d*)\s*$/.exec(range) ?? [];
    const isValid = first + last !== "" && (first === "" || last === "" || Number(first) <= Number(last));
    return isValid ? `${first}-${first === "" ? Math.min(Number(last), size) : last}` : undefined;
  });
  if (read.length === 0 || read.includes(undefined)) delete raw.headers.range;
  else raw.headers.range = `bytes=${read.join(",")}`;
}

function contentType(name: string): string {
  if (TEXT.test(name)) return "text/plain; charset=utf-8";
  return send.mime.getType(name) ?? "application/octet-stream";
}

/**
 * The bytes of an upload, as a stream whose end or destruction leaves the connection alone: whoever sent
 * what is refused is still told why.
 */
function uploadOf(request: FastifyRequest): Readable | string {
  const body = request.body as Readable | undefined;
  return body ? Readable.from(body.iterator({ destroyOnReturn: false }), { objectMode: false }) : "";
}

function wildcard(request: FastifyRequest): string {
  return trim((request.params as { "*": string })["*"]);
}

function query(request: FastifyRequest): Fields {
  return new Fields(request.query as Record<string, unknown>);
}

function trim(path: string): string {
  return withoutTrailingSlashes(path);
}
