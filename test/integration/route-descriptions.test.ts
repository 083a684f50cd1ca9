import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { FastifyInstance } from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { openApiPath } from "../../src/lib/base/http/openapi.js";
import { chatEventSchema } from "../../src/lib/inference/openai/answer-schemas.js";
import { LocalEvidence } from "../../src/app/tracking/evidence/store-evidence.js";
import { Engine } from "../../src/lib/inference/engine/engine.js";
import { openModelFile } from "../../src/lib/inference/models/model-file.js";
import { createApp } from "../../src/lib/serving/server/create-app.js";
import { OwnModels } from "../../src/lib/serving/server/own-models.js";
import { localService, Service } from "../../src/lib/serving/server/service.js";
import { startServer } from "../../src/lib/serving/server/start-server.js";
import { openLocalStore } from "../../src/lib/tracking/open-local-store.js";
import { createTrackingApp } from "../../src/lib/tracking/server/create-tracking-app.js";
import {
  ARTIFACT_DESCRIPTIONS,
  LOGGED_MODEL_DESCRIPTIONS,
  MODEL_DESCRIPTIONS,
  VERSION_DESCRIPTIONS,
} from "../../src/lib/tracking/server/descriptions/models.js";
import { EXPERIMENT_DESCRIPTIONS, METRIC_DESCRIPTIONS, RUN_DESCRIPTIONS } from "../../src/lib/tracking/server/descriptions/runs.js";
import { ASSESSMENT_DESCRIPTIONS, TRACE_DESCRIPTIONS, TRACE_V2_DESCRIPTIONS } from "../../src/lib/tracking/server/descriptions/traces.js";
import { ANSWER_DESCRIPTIONS } from "../../src/lib/tracking/server/descriptions/answer-views.js";
import { EVIDENCE_DESCRIPTIONS } from "../../src/lib/tracking/server/descriptions/evidence.js";
import { SPAN_DESCRIPTIONS } from "../../src/lib/tracking/server/descriptions/trace-views.js";
import { OVERVIEW_DESCRIPTIONS } from "../../src/lib/tracking/server/descriptions/overview.js";
import { VIEW_DESCRIPTIONS } from "../../src/lib/tracking/server/descriptions/views.js";
import { faultOf } from "../helpers/described-answers.js";
import { openApiFaults, type OpenApiDocument } from "../helpers/openapi-faults.js";
import { registeredRoutes } from "../helpers/registered-routes.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

/** What Fastify itself answers, but for what it adds of its own. */
async function routesOf(app: FastifyInstance): Promise<string[]> {
  await app.ready();
  const all = registeredRoutes(app.printRoutes({ commonPrefix: false })).filter(({ method }) => method !== "HEAD" && method !== "OPTIONS");
  return all.map(({ method, url }) => `${method} ${openApiPath(url)}`).sort();
}

function documentedIn({ paths }: OpenApiDocument): string[] {
  const itemAt = (path: string): object => {
    const item = paths[path] as { $ref?: string } | undefined;
    return item?.$ref === undefined ? (item ?? {}) : itemAt(item.$ref.slice("#/paths/".length).replaceAll("~1", "/"));
  };
  return Object.keys(paths)
    .flatMap((path) => Object.keys(itemAt(path)).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
}

function serve(): FastifyInstance {
  const service = new Service({ model: "m", models: new OwnModels("m", "none"), routes: ["/ask", "/search"] });
  const app = createApp(service, { metricsPath: "/my-metrics", corsOrigins: ["https://app.example.com"] });
  onTestFinished(() => app.close());
  return app;
}

describe("serve's description of itself", () => {
  it("has every route that Fastify answers, and no other", async () => {
    const app = serve();
    const document = (await app.inject("/openapi.json")).json<OpenApiDocument>();
    const routes = await routesOf(app);
    expect(routes).toContain("POST /ask");
    expect(routes.length).toBeGreaterThan(25);
    expect(documentedIn(document)).toEqual(routes);
  });

  it("is valid OpenAPI 3.1, with a schema of its own for every JSON answer", async () => {
    const document = (await serve().inject("/openapi.json")).json<OpenApiDocument>();
    expect(openApiFaults(document)).toEqual([]);
    const answers = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.values(item)
        .filter((operation) => typeof operation === "object")
        .map(({ responses }) => [path, responses["200"]?.content?.["application/json"]?.schema] as const),
    );
    const saysMore = ["items", "anyOf"];
    const bare = answers.filter(([, schema]) => {
      if (!schema || saysMore.some((keyword) => keyword in schema)) return false;
      return Object.keys((schema as { properties?: object }).properties ?? {}).length === 0;
    });
    expect([...new Set(bare.map(([path]) => path))]).toEqual(["/ask", "/search"]); // the upstream's own
  });

  it("names the scope, the fields and the errors of a route", async () => {
    const { paths } = (await serve().inject("/openapi.json")).json<OpenApiDocument>();
    const chat = paths["/v1/chat/completions"]?.["post"];
    expect(chat).toMatchObject({ "x-llmops-scope": "infer", security: [{ bearer: [] }, { header: [] }] });
    expect(chat?.responses["404"]?.description).toContain("model_not_found");
    expect(Object.keys(chat?.responses["200"]?.content ?? {})).toEqual(["application/json", "text/event-stream"]);
    expect(paths["/health"]?.["get"]).toMatchObject({ security: [], "x-llmops-scope": "open" });
  });

  it("is what /docs shows", async () => {
    const app = serve();
    const { payload } = await app.inject("/docs");
    for (const { url } of registeredRoutes(app.printRoutes({ commonPrefix: false })))
      if (url !== "*") expect(payload).toContain(openApiPath(url));
  });
});

/** The tracking server with its pages, over a new store. */
async function tracking(): Promise<FastifyInstance> {
  const store = openLocalStore(temporaryFolder(), { create: true });
  const security = { allowedHosts: [], allowedOrigins: [], token: undefined };
  const app = await createTrackingApp(store, {
    ...security,
    application: temporaryFolder(),
    evidence: new LocalEvidence(store),
  });
  onTestFinished(async () => {
    await app.close();
    await store.close();
  });
  return app;
}

describe("the tracking server's description of itself", () => {
  it("has every route that Fastify answers, and no other", async () => {
    const added: string[] = [];
    // Fastify's picture of its routes joins paths whose parameters have other names; this is told of each
    const watch = (message: unknown) =>
      (message as { fastify: FastifyInstance }).fastify.addHook("onRoute", ({ method, url }) => {
        for (const one of [method].flat()) if (one !== "HEAD" && one !== "OPTIONS") added.push(`${one} ${openApiPath(url)}`);
      });
    subscribe("fastify.initialization", watch);
    const app = await tracking();
    unsubscribe("fastify.initialization", watch);
    const document = (await app.inject("/openapi.json")).json<OpenApiDocument>();
    const routes = added.sort();
    const once = routes.filter((route) => !routes.includes(route.replace(" /ajax-api/", " /api/")) || !route.includes(" /ajax-api/"));
    expect(once.length).toBeGreaterThan(85);
    expect(documentedIn(document)).toEqual(once);
    // what is below /api is below /ajax-api too
    const doubled = routes.filter((route) => route.includes(" /api/")).map((route) => route.replace(" /api/", " /ajax-api/"));
    expect(routes).toEqual(expect.arrayContaining(doubled));
  });

  it("is valid OpenAPI 3.1, with MLflow's errors", async () => {
    const document = (await (await tracking()).inject("/openapi.json")).json<OpenApiDocument>();
    expect(openApiFaults(document)).toEqual([]);
    expect(Object.keys((document.components.schemas["Error"] as { properties: object }).properties)).toEqual(["error_code", "message"]);
    const create = document.paths["/api/2.0/mlflow/experiments/create"]?.["post"];
    expect(create?.responses["400"]?.description).toContain("RESOURCE_ALREADY_EXISTS");
    expect(create?.requestBody?.content["application/json"]?.schema).toMatchObject({ required: ["name"] });
    const search = document.paths["/api/2.0/mlflow/experiments/search"];
    expect(search?.["get"]?.parameters?.map(({ name }) => name)).toContain("max_results");
    expect(search?.["post"]?.requestBody).toBeDefined();
    expect(document.paths["/health"]?.["get"]).toMatchObject({ security: [], "x-llmops-scope": "open" });
  });

  it("describes no route that is not there, and is what /docs shows", async () => {
    const app = await tracking();
    const { payload } = await app.inject("/docs");
    const { paths } = (await app.inject("/openapi.json")).json<OpenApiDocument>();
    for (const path of Object.keys(paths)) expect(payload).toContain(path);
    const described = [ARTIFACT_DESCRIPTIONS, ASSESSMENT_DESCRIPTIONS, EXPERIMENT_DESCRIPTIONS, LOGGED_MODEL_DESCRIPTIONS]
      .concat([
        METRIC_DESCRIPTIONS,
        MODEL_DESCRIPTIONS,
        RUN_DESCRIPTIONS,
        TRACE_DESCRIPTIONS,
        TRACE_V2_DESCRIPTIONS,
        VERSION_DESCRIPTIONS,
        VIEW_DESCRIPTIONS,
        OVERVIEW_DESCRIPTIONS,
        EVIDENCE_DESCRIPTIONS,
        ANSWER_DESCRIPTIONS,
        SPAN_DESCRIPTIONS,
      ])
      .flatMap((descriptions) => Object.keys(descriptions));
    for (const name of described) {
      const [methods = "", path = ""] = name.split(" ");
      for (const method of methods.split("|")) expect(app.hasRoute({ method: method, url: `/api/${path}` }), name).toBe(true);
    }
  });

  it("asks for the token, as all of the server does", async () => {
    const store = openLocalStore(temporaryFolder(), { create: true });
    const app = await createTrackingApp(store, { allowedHosts: [], allowedOrigins: [], token: "t" });
    onTestFinished(() => store.close());
    onTestFinished(() => app.close());
    for (const url of ["/openapi.json", "/docs"]) expect((await app.inject(url)).statusCode).toBe(401);
  });
});

it("a route that is added without a description is refused", async () => {
  for (const app of [serve(), await tracking()]) {
    expect(() => app.get("/forgotten", () => "x")).toThrow("the route GET /forgotten is not described");
  }
});

it("an answer that is not as its route describes it is noticed", () => {
  const schema = z.object({ status: z.enum(["ready"]), model: z.string().optional() });
  expect(faultOf(schema, { status: "ready" })).toBeUndefined();
  expect(faultOf(schema, { status: "asleep" })).toContain("/status");
  expect(faultOf(schema, { status: "ready", extra: 1 })).toContain("extra");
});

it("every event of a stream is as chat completions describe it", async () => {
  const engine = await Engine.load(await openModelFile("demo"), { slots: 1, contextSize: 256, threads: 1 });
  const server = await startServer(localService(engine), { host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    await server.close();
    await engine.close();
  });
  const body = {
    messages: [{ role: "user", content: "Hi" }],
    stream: true,
    max_tokens: 8,
    logprobs: true,
    stream_options: { include_usage: true },
  };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${server.url}/v1/chat/completions`, { method: "POST", headers, body: JSON.stringify(body) });
  const lines = (await answer.text()).split("\n").filter((line) => line.startsWith("data: {"));
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(faultOf(chatEventSchema, JSON.parse(line.slice(6)))).toBeUndefined();
});
