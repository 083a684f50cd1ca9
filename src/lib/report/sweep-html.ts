import { readFileSync } from "node:fs";
import type { ScoreTable } from "../experiments/study/score-table.js";
import type { StudyJournal } from "../experiments/study/study-journal.js";
import type { StudyPlan } from "../experiments/study/study.js";
import type { SettingResult, SweepResult } from "../experiments/study/sweep-result.js";
import { describeCells, describeComparison, formatCells, formatInterval, formatMilliseconds, formatScore } from "./format-score.js";
import { html, htmlPage, htmlTable, raw, type Cell, type Html } from "./html-page.js";
import { sweepCharts } from "./sweep-charts.js";
import { paramCell, paramNames } from "./sweep-table.js";
import { modelColumns } from "./model-columns.js";
import { nameOf, shortLetters, studyVerdict } from "./study-verdict.js";
import { sweepTruncated } from "./truncated-line.js";
import { counted } from "../base/errors/counted.js";
import { gatesHtml } from "./gates-html.js";

/** Answers a page holds at most: more would be slow to open. */
const MOST_CELLS = 50_000;

const STYLE = `
  .controls { display: flex; flex-wrap: wrap; gap: .5rem; position: sticky; top: 0; background: Canvas; padding: .5rem 0; }
  .controls select, .controls input { font: inherit; max-width: 20rem; }
  article { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; border-top: 1px solid var(--line); padding: .4rem 0; }
  article header { grid-column: 1 / -1; } article p { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
`;

/** One self-contained page of a sweep: verdict, settings, charts, and every answer with its score, two settings side by side. */
export async function sweepHtml(
  result: SweepResult,
  plan: StudyPlan,
  answers: { journal: Pick<StudyJournal, "read">; table: ScoreTable },
): Promise<string> {
  const charts = await sweepCharts(result);
  const { study } = result;
  const { before, name, after, method } = studyVerdict(result);
  const body = html`<style>
      ${raw(STYLE)}
    </style>
    <h1>${study.name}: ${study.model}</h1>
    <p>${before}${name === null ? "" : html`<b>${name}</b>`}${after}</p>
    <p class="quiet">${method.join(" ")}</p>
    <p class="quiet">
      ${study.dataset.samples} of ${counted(study.dataset.available, "row")} of ${study.dataset.path} (${study.dataset.digest.slice(0, 8)}), scorer ${study.scorer}, seed
      ${study.seed}, ${describeCells(study.cells)}, ${study.status}, ${study.seconds} s.
    </p>
    ${sweepTruncated(result).map((line) => html`<p class="bad">${line}</p>`)} ${gatesHtml(result)}
    ${settingsTable(result)}
    <h2>Charts</h2>
    <div class="charts">${charts.map(({ svg }) => html`<figure>${raw(svg)}</figure>`)}</div>
    ${sampleBrowser(result, plan, answers)}`;
  return htmlPage(`${study.name}: ${study.model}`, body);
}

function settingsTable(result: SweepResult): Html {
  const { study, settings } = result;
  const names = paramNames(result);
  // one setting has nothing to be compared with
  const compared = <T>(...columns: T[]): T[] => (settings.length > 1 ? columns : []);
  const rows = settings.map((setting): Cell[] => [
    ...names.map((name): Cell => ({ content: paramCell(setting.params, name, settings), value: setting.params[name] })),
    { content: formatScore(setting.metrics[study.metric]?.mean, study.kind), value: setting.metrics[study.metric]?.mean },
    { content: formatInterval(setting.metrics[study.metric], study.kind) },
    ...compared<Cell>({ content: shortLetters(setting.letters) }),
    ...study.scorers
      .slice(1)
      .map(({ name, kind }): Cell => ({ content: formatScore(setting.metrics[name]?.mean, kind), value: setting.metrics[name]?.mean })),
    ...compared<Cell>({
      content: setting.comparison ? describeComparison(setting.comparison, study.kind) : "",
      value: setting.comparison?.difference,
    }),
    { content: formatMilliseconds(setting.metrics["latency_seconds"]), value: setting.metrics["latency_seconds"]?.mean },
    { content: setting.metrics["tokens_per_second"]?.mean.toFixed(0) ?? "", value: setting.metrics["tokens_per_second"]?.mean },
    ...modelColumns(result)
      .cells(setting)
      .map((content): Cell => ({ content })),
    { content: flaky(setting) },
    { content: formatCells(setting.cells) },
  ]);
  const against = result.reference ? nameOf(result, result.reference) : "the best";
  return htmlTable(
    [
      ...names,
      study.metric,
      "95 % interval",
      ...compared("ties"),
      ...study.scorers.slice(1).map(({ name }) => name),
      ...compared(`against ${against}`),
      "latency",
      "tokens/s",
      ...modelColumns(result).head,
      "flaky",
      "cells",
    ],
    rows,
  );
}

function flaky({ reliability }: SettingResult): string {
  return reliability ? formatScore(reliability.flaky, "rate") : "";
}

function sampleBrowser(
  result: SweepResult,
  plan: StudyPlan,
  { journal, table }: { journal: Pick<StudyJournal, "read">; table: ScoreTable },
): Html {
  const cells = result.settings.reduce((sum, setting) => sum + setting.cells.done, 0);
  if (cells > MOST_CELLS) {
    return html`<h2>Answers</h2>
      <p>${cells} answers are too many for a page; they are in the runs' eval_results_table.json.</p>`;
  }
  const data = {
    metric: plan.primary.name,
    settings: result.settings.map(({ name }) => name),
    samples: plan.dataset.samples.map(({ id, question, answer, topic }) => ({ id, question, answer, topic })),
    answers: result.settings.map((_, setting) => answersOf(setting, plan, journal, table)),
  };
  const script = readFileSync(new URL("../../../templates/report/sample-browser.js", import.meta.url), "utf8");
  return html`<h2>Answers</h2>
    <div class="controls">
      <select id="left" aria-label="left setting"></select>
      <select id="right" aria-label="right setting"></select>
      <select id="show" aria-label="which samples"></select>
      <select id="topic" aria-label="topic"></select>
      <input id="text" type="search" placeholder="search" aria-label="search" />
      <span id="count" class="quiet"></span>
    </div>
    <div id="samples"></div>
    <button id="more">more</button>
    ${raw(`<script type="application/json" id="cells">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script><script>${script}</script>`)}`;
}

/** The answer of a repeat, its score, why it failed, and what the model thought before. */
type ShownCell = [answer: string, score: number | null, error?: string | null, thoughts?: string];

/** The cells of a setting by sample. */
function answersOf(setting: number, plan: StudyPlan, journal: Pick<StudyJournal, "read">, table: ScoreTable): ShownCell[][] {
  const bySample: ShownCell[][] = plan.dataset.samples.map(() => []);
  for (const cell of table.cellsOf(setting)) {
    const record = journal.read(table.indexOf(cell));
    if (!record) continue;
    const { text = "", thoughts, scores = {}, error } = record;
    const score = scores[plan.primary.name] ?? null;
    const thought: [null, string] | [] = thoughts === undefined ? [] : [null, thoughts];
    bySample[cell.sample]?.push(error ? [text, null, error.message] : [text, score, ...thought]);
  }
  return bySample;
}
