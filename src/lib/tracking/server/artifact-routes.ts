import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { basename } from "node:path";
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { invalid, MlflowError } from "../mlflow-error.js";
import type { TrackingBackend } from "../tracking-backend.js";
import { nonEmpty } from "../wire/values.js";
import type { Routes } from "./api.js";
import { PROXIED } from "../artifact-uri.js";
import { fileToWire, listFolder, served } from "./artifact-list.js";
import { CONTENT, OF_RUN, OF_VERSION, PROXY, UPLOAD } from "./descriptions/artifacts.js";
import { Fields } from "./fields.js";
import { download, show } from "./artifact-answers.js";
import { runId } from "./run-routes.js";

const PAGE_UPLOAD_BYTES = 10 * 1024 * 1024;
/** Lists of artifacts: of the proxy, with names only, and of a run, with paths from its artifacts on. */
export function artifactListRoutes(backend: TrackingBackend): Routes {
  const { artifacts } = backend;
  return {
    "GET 2.0/mlflow-artifacts/artifacts": async (fields) => {
      const files = await artifacts.list(PROXIED, trim(fields.text("path") ?? ""));
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
      scope.get(url, PROXY.get, (request, reply) => download(artifacts, { uri: PROXIED, path: wildcard(request) }, request, reply));
      scope.put(url, PROXY.put, async (request) => {
        await artifacts.write(PROXIED, wildcard(request), uploadOf(request));
        return {};
      });
      scope.delete(url, PROXY.delete, async (request) => {
        await artifacts.delete(PROXIED, wildcard(request));
        return {};
      });
    }
    scope.get("/get-artifact", OF_RUN, async (request, reply) => {
      const fields = query(request);
      const uri = served(artifacts, (await backend.getRunInfo(runId(fields))).artifactUri);
      return download(artifacts, { uri, path: fields.requiredText("path") }, request, reply);
    });
    for (const prefix of ["/api", "/ajax-api"]) {
      scope.get(`${prefix}/llmops/1/artifacts/content`, CONTENT, async (request, reply) => {
        const fields = query(request);
        const uri = served(artifacts, (await backend.getRunInfo(runId(fields))).artifactUri);
        return show(artifacts, { uri, path: fields.requiredText("path") }, request, reply);
      });
    }
    scope.get("/model-versions/get-artifact", OF_VERSION, async (request, reply) => {
      const fields = query(request);
      const uri = await registry.downloadUri(fields.requiredText("name"), fields.requiredId("version"));
      return download(artifacts, { uri: served(artifacts, uri), path: fields.requiredText("path") }, request, reply);
    });
    scope.post("/ajax-api/2.0/mlflow/upload-artifact", { ...UPLOAD, bodyLimit: PAGE_UPLOAD_BYTES }, async (request) => {
      const fields = query(request);
      if (Number(request.headers["content-length"] ?? Infinity) > PAGE_UPLOAD_BYTES)
        throw invalid("Artifact size is too large. Max size is 10 MB.");
      const uri = served(artifacts, (await backend.getRunInfo(runId(fields))).artifactUri);
      await artifacts.write(uri, fields.requiredText("path"), uploadOf(request));
      return {};
    });
  });
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
