import { listExperiments } from "../tracking/find-experiment.js";
import { listFiles } from "../experiments/runs/artifact-files.js";
import { encodeArtifactPath } from "../tracking/artifact-path.js";
import type { Run } from "../tracking/records.js";
import type { StorePages } from "../tracking/server/pages.js";
import type { TrackingStore } from "../tracking/tracking-store.js";
import { lineChart } from "./charts.js";
import { experimentBody, readCurve } from "./experiment-report.js";
import { html, htmlPage, htmlTable, PAGE_POLICY, raw, type Html } from "./html-page.js";
import { formatTime } from "./plain-table.js";
import { formatValue } from "./runs-table.js";

const MAX_CHARTS = 12;

/** The pages of a tracking server: its experiments, the runs of one, and a run. */
export function storePages(store: TrackingStore): StorePages {
  return {
    policy: PAGE_POLICY,
    async home() {
      const experiments = await listExperiments(store);
      const rows = experiments.map((experiment) => [
        { content: experiment.experimentId, value: Number(experiment.experimentId) },
        { content: html`<a href="/experiments/${experiment.experimentId}">${experiment.name}</a>` },
        { content: formatTime(experiment.creationTime), value: experiment.creationTime },
      ]);
      const { items: models } = await store.registry.searchModels({ maxResults: 1000 });
      const modelRows = models.map((model) => [
        { content: model.name },
        { content: model.latestVersions.map(({ version, stage }) => `${version} (${stage})`).join(", ") },
        {
          content: Object.entries(model.aliases)
            .map(([alias, version]) => `${alias} → ${version}`)
            .join(", "),
        },
      ]);
      const registry =
        models.length === 0
          ? ""
          : html`<h2>Registered models</h2>
              ${htmlTable(["name", "versions", "aliases"], modelRows)}`;
      return htmlPage(
        "llmops",
        html`<h1>Experiments</h1>
          <p class="quiet">${store.uri}</p>
          <p><a href="/app/">Open the web application</a>: runs as they come, search, charts, tags, and notes.</p>
          ${htmlTable(["id", "name", "created"], rows)}${registry}`,
      );
    },
    async experiment(experimentId) {
      const experiment = await store.getExperiment(experimentId);
      const body = await experimentBody(store, experiment, ({ runId }) => `/runs/${runId}`);
      return htmlPage(
        experiment.name,
        html`<p><a href="/">Experiments</a></p>
          ${body}`,
      );
    },
    async run(runId) {
      const run = await store.getRun(runId);
      return htmlPage(run.runName, await runBody(store, run));
    },
  };
}

async function runBody(store: TrackingStore, run: Run): Promise<Html> {
  const { experimentId, runName, runId, status, startTime, endTime } = run;
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([key, value]) => [{ content: key }, { content: formatValue(value) }]);
  const metrics = run.metrics.map(({ key, value, step }) => [
    { content: key },
    { content: formatValue(value), value },
    { content: String(step), value: step },
  ]);
  const stepped = run.metrics.filter(({ step }) => step > 0);
  const curves = await Promise.all(stepped.map(async ({ key }) => ({ name: key, points: await readCurve(store, run, key) })));
  const shown = curves.filter(({ points }) => points.length > 1).slice(0, MAX_CHARTS);
  const charts = await Promise.all(shown.map((line) => lineChart(line.name, [line])));
  const artifacts = await listFiles(store, run.runId, "");
  const took = endTime === null ? "" : `, took ${formatValue((endTime - startTime) / 1000)} s`;
  return html`<p><a href="/">Experiments</a> / <a href="/experiments/${experimentId}">${experimentId}</a></p>
    <h1>${runName}</h1>
    <p class="quiet"><code>${runId}</code>, ${status}, started ${formatTime(startTime)}${took}</p>
    <h2>Metrics</h2>
    ${htmlTable(["metric", "latest", "step"], metrics)}
    <div class="charts">${charts.map((svg) => html`<figure>${raw(svg)}</figure>`)}</div>
    <h2>Params</h2>
    ${htmlTable(["param", "value"], pairs(run.params))}
    <h2>Tags</h2>
    ${htmlTable(["tag", "value"], pairs(run.tags))}
    <h2>Artifacts</h2>
    <ul>
      ${artifacts.map((file) => html`<li><a href="/get-artifact?run_id=${runId}&path=${encodeArtifactPath(file.path)}">${file.path}</a> <span class="quiet">${formatValue(file.sizeBytes)} bytes</span></li>`)}
    </ul>`;
}
