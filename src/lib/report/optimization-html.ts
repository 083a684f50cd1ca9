import type { OptimizationResult } from "../experiments/optimize/optimization-result.js";
import { describeSetting } from "../experiments/study/study.js";
import { describeCells, formatInterval, formatScore } from "./format-score.js";
import { html, htmlPage, htmlTable, raw, type Cell, type Html } from "./html-page.js";
import { optimizationCharts } from "./optimization-charts.js";
import { trialCells } from "./optimization-table.js";
import { describeProof, proofVerdict, sentence } from "./optimization-verdict.js";
import { optimizationTruncated } from "./truncated-line.js";
import { counted } from "../base/errors/counted.js";
import { gatesHtml } from "./gates-html.js";

/** One self-contained page of a search: what is proven, charts of what is believed, and every trial. */
export async function optimizationHtml(result: OptimizationResult): Promise<string> {
  const charts = await optimizationCharts(result);
  const { study, best, objectives } = result;
  const [first] = objectives;
  const body = html`<h1>${study.name}: ${study.model}</h1>
    <p>
      ${best && first ? html`Believed best: <b>${describeSetting(best.params)}</b> with ${first.name} ${formatScore(best.mean, first.kind)}.` : ""}
      ${proofSentence(result)}
    </p>
    <p class="quiet">
      ${counted(study.trials.finished, "trial")} finished, ${study.trials.stopped} stopped early, ${study.trials.failed} failed; ${counted(study.dataset.samples, "row")} a trial,
      ${describeCells(study.cells)}; ${study.dataset.held_out} held out of ${study.dataset.path} (${study.dataset.digest.slice(0, 8)}); sampler ${study.sampler}, seed ${study.seed}, ${study.seconds} s.
    </p>
    ${optimizationTruncated(result).map((line) => html`<p class="bad">${line}</p>`)} ${gatesHtml(result)} ${proofTable(result)}
    <h2>Charts</h2>
    <div class="charts">${charts.map(({ svg }) => html`<figure>${raw(svg)}</figure>`)}</div>
    <h2>Trials</h2>
    ${trialTable(result)}`;
  return htmlPage(`${study.name}: ${study.model}`, body);
}

function proofSentence(result: OptimizationResult): Html {
  const { state, text } = proofVerdict(result);
  if (state === "met") return html`<b>Proven:</b> ${text}.`;
  return result.proof ? html`<b>Not proven:</b> ${text}.` : html`${sentence(text)}`;
}

function proofTable({ proof, objectives }: OptimizationResult): Html {
  if (!proof) return html``;
  const rows = proof.settings.map((setting): Cell[] => [
    { content: setting.role },
    { content: setting.name },
    ...objectives.flatMap(({ name: metric, kind }): Cell[] => [
      { content: formatScore(setting.metrics[metric]?.mean, kind), value: setting.metrics[metric]?.mean },
      { content: formatInterval(setting.metrics[metric], kind) },
    ]),
    { content: describeProof(setting, objectives) },
  ]);
  return htmlTable(["proof", "setting", ...objectives.flatMap(({ name }) => [name, "95 % interval"]), "against the default"], rows);
}

function trialTable({ trials, space, objectives }: OptimizationResult): Html {
  const names = space.map(({ name }) => name);
  const rows = trials.map((trial) =>
    trialCells(trial, names).map((content): Cell => ({
      content,
      value: content === "" || Number.isNaN(Number(content)) ? undefined : Number(content),
    })),
  );
  return htmlTable(["trial", ...names, ...objectives.map(({ name }) => name), "se", "state"], rows);
}
