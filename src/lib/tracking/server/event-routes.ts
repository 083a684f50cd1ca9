import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { TrackingBackend } from "../tracking-backend.js";
import { denied, type Caller } from "./access/caller.js";
import type { UserAccess } from "./access/user-access.js";
import { visibleChange } from "./access/visible-change.js";
import { ChangeFeed, type Change, type Hearing } from "./change-feed.js";
import { Fields, isObject } from "./fields.js";
import { routeConfig } from "./route-config.js";

const PATH = "/llmops/1/events";
/** Calls that change nothing although they are no GET. */
const READS = /\/(search|query|columns|compare|labels|search-datasets|get-latest-versions|batchGet)$/;
const ARTIFACT = /^[^/]+\/([^/]+)\/artifacts\//;

const changeEvent = z.object({
  runs: z.array(z.object({ run_id: z.string(), experiment_id: z.string() })),
  experiments: z.array(z.string()),
  models: z.array(z.string()),
  traces: z.boolean(),
  more: z.boolean().optional().describe("More runs have changed than are listed."),
  all: z.boolean().optional().describe("Another process has written: anything may have changed."),
});

/** Adds GET /api/llmops/1/events: changes of the store as they happen, until the client leaves or the server ends. */
export function addEvents(app: FastifyInstance, backend: TrackingBackend, access: UserAccess | undefined): void {
  const feed = new ChangeFeed(backend);
  const summary = "Changes of the store as server-sent events, each named change, at most four a second";
  const config = routeConfig({
    ...{ methods: ["GET"], path: `/api${PATH}`, scope: "token", summary, media: ["text/event-stream"], event: changeEvent },
    errors: ["RESOURCE_EXHAUSTED"],
  });
  for (const prefix of ["/api", "/ajax-api"]) {
    app.get(prefix + PATH, { config, exposeHeadRoute: false }, ({ caller }, reply) => {
      const stream = feed.listen(access && caller && hearingOf(access, caller));
      return reply.type("text/event-stream; charset=utf-8").header("cache-control", "no-store").send(stream);
    });
  }
  app.addHook("preSerialization", (request, reply, payload, done) => {
    const isRead = request.method === "GET" || request.method === "HEAD" || READS.test(request.routeOptions.url ?? "");
    const change = reply.statusCode < 400 && !isRead ? changeOf(request, payload) : undefined;
    if (change) feed.note(change);
    done(null, payload);
  });
  app.addHook("preClose", (done) => {
    feed.close();
    done();
  });
}

/** A user hears of what may be read at the time. Throws once the user is no more. */
function hearingOf(access: UserAccess, caller: Caller): Hearing {
  return (event) => {
    const now = access.again(caller);
    if (now) return visibleChange(event, now);
    throw denied(`${caller.name} was deleted.`);
  };
}

/** What a request that was answered has changed, as far as it says so; users and their tokens are nothing of the store. */
function changeOf(request: FastifyRequest, answer: unknown): Change | undefined {
  const url = request.routeOptions.url ?? "";
  const body = isObject(request.body) ? request.body : {};
  const asked = { ...(request.query as object), ...body, ...(request.params as object) };
  const says = (name: string) => textsIn(asked, name);
  if (/\/users\//.test(url)) return undefined;
  if (url.endsWith("/mlflow-artifacts/artifacts/*")) return { runs: artifactRun(says("*")) };
  if (/\/(traces|assessments|answers)\b/.test(url)) return { traces: true };
  if (/\/(registered-models|model-versions|models)\//.test(url)) return { models: [...says("name"), ...says("new_name")] };
  if (url.includes("/mlflow/experiments/")) return { experiments: [...says("experiment_id"), ...textsIn(answer, "experiment_id")] };
  if (/\/mlflow\/(runs|upload-artifact)\b/.test(url)) return { runs: [...says("run_id"), ...says("run_uuid"), ...madeRun(answer)] };
  return { all: true };
}

function artifactRun([path = ""]: readonly string[]): string[] {
  return ARTIFACT.exec(path)?.slice(1) ?? [];
}

function madeRun(answer: unknown): string[] {
  const run = isObject(answer) ? answer["run"] : undefined;
  return isObject(run) ? textsIn(run["info"], "run_id") : [];
}

/** A field of that name, if it is a text that says something: under snake_case or camelCase. */
function textsIn(values: unknown, name: string): string[] {
  if (!isObject(values)) return [];
  const value = new Fields(values).json(name);
  return (typeof value === "string" && value !== "") || typeof value === "number" ? [String(value)] : [];
}
