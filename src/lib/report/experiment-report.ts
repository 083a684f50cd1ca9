import { collectPages } from "../tracking/collect-pages.js";
import { differingParams } from "../experiments/runs/run-columns.js";
import { metricValue, type Experiment, type Run } from "../tracking/records.js";
import type { TrackingStore } from "../tracking/tracking-store.js";
import { lineChart, parallelChart, scatterChart, type ScatterPoint } from "./charts.js";
import { html, htmlTable, raw, type Cell, type Html } from "./html-page.js";
import { formatTime } from "./plain-table.js";
import { formatValue } from "./runs-table.js";
import { counted } from "../base/errors/counted.js";

const MAX_RUNS = 500;
const MAX_CURVES = 20;
const MAX_CHARTS = 6;
const MAX_PARAMS = 8;
const MAX_METRICS = 12;
const BOUNDS = /_ci_(low|high)$/;

/** How runs are linked to from a page; no links without it. */
export type RunLink = (run: Run) => string;

/** What a report says of an experiment: its runs, how metrics follow params, and learning curves. */
export async function experimentBody(store: TrackingStore, experiment: Experiment, link?: RunLink): Promise<Html> {
  const { items: runs, nextPageToken } = await store.searchRuns({ experimentIds: [experiment.experimentId], maxResults: MAX_RUNS });
  const more = nextPageToken !== undefined && runs.length === MAX_RUNS;
  const params = differingParams(runs, { amongHolders: true }).slice(0, MAX_PARAMS);
  const metrics = commonMetrics(runs).slice(0, MAX_METRICS);
  const charts = [...(await responseCharts(runs, params, metrics)), ...(await learningCurves(store, runs, metrics))];
  const parallel = await parallelBody(runs, params, metrics);
  return html`<h1>${experiment.name}</h1>
    <p class="quiet">
      Experiment ${experiment.experimentId} of ${store.uri}, ${counted(runs.length, "run")}${more ? " (the newest)" : ""}, created
      ${formatTime(experiment.creationTime)}.
    </p>
    ${runsTable(runs, params, metrics, link)}
    ${
      charts.length === 0
        ? ""
        : html`<h2>Metrics</h2>
            <div class="charts">${charts.map((svg) => html`<figure>${raw(svg)}</figure>`)}</div>`
    }
    ${parallel}`;
}

function runsTable(runs: readonly Run[], params: readonly string[], metrics: readonly string[], link?: RunLink): Html {
  const rows = runs.map((run): Cell[] => [
    { content: link ? html`<a href="${link(run)}">${run.runName}</a>` : run.runName },
    { content: html`<code>${run.runId.slice(0, 8)}</code>` },
    { content: run.status },
    { content: formatTime(run.startTime), value: run.startTime },
    ...params.map((key): Cell => {
      const value = run.params[key];
      const number = Number(value);
      return { content: formatValue(value), value: value === undefined || value === "" || Number.isNaN(number) ? value : number };
    }),
    ...metrics.map((key): Cell => ({ content: metricCell(run, key), value: metricValue(run, key) })),
  ]);
  return htmlTable(["run", "id", "status", "started", ...params, ...metrics], rows);
}

function metricCell(run: Run, key: string): Html | string {
  const low = metricValue(run, `${key}_ci_low`);
  const high = metricValue(run, `${key}_ci_high`);
  const shown = formatValue(metricValue(run, key));
  return low === undefined || high === undefined
    ? shown
    : html`${shown} <span class="quiet">[${formatValue(low)}, ${formatValue(high)}]</span>`;
}

/** Metrics by how many runs have them. */
function commonMetrics(runs: readonly Run[]): string[] {
  const counts = new Map<string, number>();
  for (const { key } of runs.flatMap((run) => run.metrics)) if (!BOUNDS.test(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts.keys()].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
}

/** Every metric over every param that is a number and takes several values. */
async function responseCharts(runs: readonly Run[], params: readonly string[], metrics: readonly string[]): Promise<string[]> {
  const numeric = params.filter((key) => runs.every(({ params: values }) => values[key] === undefined || isNumber(values[key])));
  const pairs = metrics.flatMap((metric) => numeric.map((param) => ({ metric, param, points: responsePoints(runs, param, metric) })));
  const shown = pairs.filter(({ points }) => new Set(points.map(({ x }) => x)).size > 1).slice(0, MAX_CHARTS);
  return Promise.all(shown.map(({ metric, param, points }) => scatterChart(`${metric} by ${param}`, { x: param, y: metric }, points)));
}

function responsePoints(runs: readonly Run[], param: string, metric: string): ScatterPoint[] {
  return runs.flatMap((run) => {
    const y = metricValue(run, metric);
    if (y === undefined || !Number.isFinite(y) || !isNumber(run.params[param])) return [];
    const [low, high] = ["low", "high"].map((bound) => metricValue(run, `${metric}_ci_${bound}`));
    return [{ x: Number(run.params[param]), y, label: run.runName, low, high }];
  });
}

async function learningCurves(store: TrackingStore, runs: readonly Run[], metrics: readonly string[]): Promise<string[]> {
  const stepped = metrics.filter((key) => runs.some((run) => run.metrics.some((metric) => metric.key === key && metric.step > 0)));
  return Promise.all(
    stepped.slice(0, MAX_CHARTS).map(async (key) => {
      const having = runs.filter((run) => metricValue(run, key) !== undefined).slice(0, MAX_CURVES);
      const lines = await Promise.all(having.map(async (run) => ({ name: run.runName, points: await readCurve(store, run, key) })));
      return lineChart(key, lines);
    }),
  );
}

/** The points of a metric by step. */
export async function readCurve(store: TrackingStore, run: Run, key: string): Promise<[number, number][]> {
  const points = await collectPages((pageToken) => store.metricHistory(run.runId, key, { maxResults: 25_000, pageToken }));
  return points
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => a.step - b.step || a.timestamp - b.timestamp)
    .map(({ step, value }) => [step, value]);
}

async function parallelBody(runs: readonly Run[], params: readonly string[], metrics: readonly string[]): Promise<Html | string> {
  const shownParams = params.filter((key) => runs.filter((run) => run.params[key] !== undefined).length > 1);
  const shownMetrics = metrics.slice(0, 4);
  const complete = runs.filter((run) => shownMetrics.some((key) => Number.isFinite(metricValue(run, key))));
  if (shownParams.length === 0 || shownMetrics.length === 0 || complete.length < 2) return "";
  const rows = complete.map((run) => [
    ...shownParams.map((key) => (isNumber(run.params[key]) ? Number(run.params[key]) : run.params[key])),
    ...shownMetrics.map((key) => metricValue(run, key)),
  ]);
  const svg = await parallelChart([...shownParams, ...shownMetrics], rows);
  return html`<h2>Parallel coordinates</h2>
    <div class="charts"><figure>${raw(svg)}</figure></div>`;
}

function isNumber(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== "" && Number.isFinite(Number(text));
}
