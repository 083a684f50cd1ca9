import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { errorPage, formatPage, metricPage, parameterPage, rubricPage, scorerPage, topicPage } from "./catalogs.mjs";
import { commandPages } from "./commands.mjs";
import { documentPage } from "./documents.mjs";
import { folderPage } from "./folders.mjs";
import { httpPages } from "./http.mjs";
import { NO_STORE, routesOf } from "./http-routes.mjs";
import { page, table } from "./markdown.mjs";
import { settingPages } from "./settings.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const require = createRequire(import.meta.url);

/** The one place that knows where declarations are in the build. */
async function declarations() {
  const lib = (path) => import(`../../dist/lib/${path}.js`);
  return {
    ...(await lib("base/config/settings")),
    ...(await lib("base/errors/codes")),
    ...(await lib("base/errors/exit-codes")),
    ...(await lib("base/metrics/metric-table")),
    ...(await lib("inference/chat/formats/families")),
    ...(await lib("inference/chat/formats/detect-format")),
    ...(await lib("inference/chat/formats/write-calls")),
    ...(await lib("operations/monitor/measures")),
    ...(await lib("experiments/scoring/built-in-scorers")),
    ...(await lib("experiments/study/parameters")),
    ...(await lib("base/http/schema-fields")),
    ...(await lib("serving/server/create-app")),
    ...(await lib("serving/server/own-models")),
    ...(await lib("serving/server/route-table")),
    ...(await lib("serving/server/service")),
    ...(await lib("tracking/server/create-tracking-app")),
    ...(await lib("tracking/server/docs")),
    ...(await import("../../dist/cli/help/help-topics.js")),
  };
}

const REFERENCE = {
  "commands/index.md": ["Commands", "every command with its arguments and flags"],
  "configuration.md": ["Configuration", "every key of `llmops.yaml`"],
  "environment.md": ["Environment variables", "what can be set in the environment"],
  "parameters.md": ["Parameters", "what `sweep` and `optimize` can vary"],
  "scorers.md": ["Scorers", "what `--scorer` accepts"],
  "rubrics.md": ["Rubrics", "the criteria judges grade by"],
  "formats.md": ["Model families", "how models write tool calls and thoughts, and what `serve` reads"],
  "errors.md": ["Errors and exit codes", "every error code and exit code"],
  "metrics.md": ["Metrics", "Prometheus metrics of `serve`, measures of `monitor`"],
  "http-api.md": ["HTTP API of serve", "routes and request fields"],
  "mlflow-api.md": ["HTTP API of mlflow server", "routes and request fields"],
  "documents.md": ["JSON documents", "the schemas of `--json` and of files"],
  "topics.md": ["Help topics", "what `llmops help TOPIC` explains"],
};

/** The routes of both servers, which do not listen. */
async function routes({ createApp, createTrackingApp, OwnModels, Service }) {
  const security = { host: "127.0.0.1", allowedHosts: [], allowedOrigins: [] };
  return {
    serve: await routesOf(() => createApp(new Service({ model: "demo", models: new OwnModels("demo", "none") }))),
    tracking: await routesOf(() =>
      createTrackingApp(NO_STORE, { ...security, pages: NO_STORE, application: "web", evidence: NO_STORE, access: NO_STORE }),
    ),
  };
}

/** Every generated page by its path in docs, from the built code in dist and the manifest: the same code gives the same pages. */
export async function generatedPages() {
  const found = await declarations();
  const manifest = JSON.parse(readFileSync(`${root}oclif.manifest.json`, "utf8"));
  const { oclif } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  const folder = `${root}templates/rubrics`;
  const rubrics = readdirSync(folder)
    .sort()
    .map((file) => parse(readFileSync(`${folder}/${file}`, "utf8")));
  const rows = Object.entries(REFERENCE).map(([path, [title, about]]) => [`[${title}](${path})`, about]);
  const reference = new Map([
    ["index.md", page("Reference", "Generated from the code: it is what this version does.", table(["page", "contents"], rows))],
    ...commandPages(manifest.commands, oclif.topics),
    ...settingPages(found.SETTINGS, found.OTHER_VARIABLES),
    ["parameters.md", parameterPage(found.PARAMETERS)],
    ["scorers.md", scorerPage(found.SCORER_ABOUTS, found.PLAIN_SCORERS, found.ALWAYS_SCORERS)],
    ["rubrics.md", rubricPage(rubrics)],
    ["formats.md", formatPage(found.FAMILIES, found)],
    ["errors.md", errorPage(found.ERROR_CODES, found.EXIT, found.EXIT_MEANINGS)],
    ["metrics.md", metricPage(found.METRICS, found.VLLM_METRICS, found.MEASURES)],
    ...httpPages({ ...found, ...(await routes(found)) }),
    ["documents.md", documentPage(`${root}dist`)],
    ["topics.md", topicPage(found.TOPICS)],
  ]);
  return new Map([
    ...[...reference].map(([path, text]) => [`reference/${path}`, text]),
    ["architecture/folders.md", folderPage(require("../../.floor-plan.cjs"))],
  ]);
}
