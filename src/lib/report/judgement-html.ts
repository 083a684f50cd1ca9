import { readFileSync } from "node:fs";
import { bySample } from "../experiments/evaluation/judged-rows.js";
import type { JudgementResult } from "../experiments/evaluation/judgement-result.js";
import { columnChart, rangeChart } from "./charts.js";
import { formatInterval } from "./format-score.js";
import { html, htmlPage, htmlTable, raw, type Cell, type Html } from "./html-page.js";
import { score } from "./judgement-table.js";
import type { NamedChart } from "./png.js";
import { judgementTruncated } from "./truncated-line.js";
import { counted } from "../base/errors/counted.js";
import { gatesHtml } from "./gates-html.js";

const STYLE = `
  .controls { display: flex; flex-wrap: wrap; gap: .5rem; margin: .5rem 0; }
  .controls select, .controls input { font: inherit; max-width: 20rem; }
  article { border-top: 1px solid var(--line); padding: .5rem 0; } article p { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere; }
  .verdict { display: grid; grid-template-columns: 9rem 4rem 8rem minmax(0, 1fr); gap: .6rem; align-items: center; overflow-wrap: anywhere; }
  @media (max-width: 700px) { .verdict { grid-template-columns: minmax(0, 1fr) 3rem 6rem; } .verdict > :nth-child(4) { grid-column: 1 / -1; } }
  .levels { display: flex; gap: 2px; align-items: flex-end; height: 1.4rem; } .levels i { flex: 1; background: #5470c6; min-height: 1px; }
`;

/** One self-contained page of a judgement: criteria, charts, and every row with its verdicts, to be searched and filtered. */
export async function judgementHtml(result: JudgementResult): Promise<string> {
  const { study, target, judge } = result;
  const title = `${target.model}, graded by ${judge.models.map(({ model }) => model).join(", ")}`;
  const charts = await judgementCharts(result);
  const body = html`<style>
      ${raw(STYLE)}
    </style>
    <h1>${title}</h1>
    <p class="quiet">
      ${study.dataset.samples} of ${counted(study.dataset.available, "row")} of ${study.dataset.path} (${study.dataset.digest.slice(0, 8)}), ${describeRows(study.rows)}; answers
      ${target.answers}, method ${judge.method}, justification ${judge.reason}, seed ${study.seed}, ${study.status}, ${study.seconds} s.
    </p>
    ${judge.warnings.map((text) => html`<p class="bad">${text}</p>`)}
    ${judgementTruncated(result).map((line) => html`<p class="bad">${line}</p>`)} ${gatesHtml(result)} ${criteriaTable(result)}
    <div class="charts">${charts.map(({ svg }) => html`<figure>${raw(svg)}</figure>`)}</div>
    ${browser(result)}`;
  return htmlPage(title, body);
}

function describeRows({ scored, unscored, failed, filtered }: JudgementResult["study"]["rows"]): string {
  const kinds = [
    [unscored, "unscored"],
    [failed, "failed"],
    [filtered, "filtered"],
  ] as const;
  return [`${scored} scored`, ...kinds.filter(([count]) => count > 0).map(([count, kind]) => `${count} ${kind}`)].join(", ");
}

function criteriaTable({ metrics, judge }: JudgementResult): Html {
  const rows = Object.entries(metrics).map(([name, own]): Cell[] => {
    const criterion = judge.criteria.find((one) => one.name === name);
    return [
      { content: name },
      { content: score(own.n > 0 ? own.mean : null), value: own.n > 0 ? own.mean : undefined },
      { content: formatInterval(own, "mean") },
      { content: score(own.p90), value: own.p90 ?? undefined },
      { content: score(own.variance), value: own.variance ?? undefined },
      { content: own.entropy === null ? "" : own.entropy.toFixed(2), value: own.entropy ?? undefined },
      { content: String(own.n), value: own.n },
      { content: String(own.unscored), value: own.unscored },
      { content: criterion?.card ? `kappa ${score(criterion.card.kappa)} on ${counted(criterion.card.rows, "row")}` : "not calibrated" },
      { content: criterion?.fingerprint ?? "" },
    ];
  });
  const head = ["criterion", "mean", "95 % interval", "p90", "variance", "entropy (bit)", "rows", "unscored", "agreement", "fingerprint"];
  return htmlTable(head, rows);
}

/** The charts of a judgement: the mean of every criterion, and how many rows are on each level. */
export async function judgementCharts({ metrics, judge }: JudgementResult): Promise<NamedChart[]> {
  const means = Object.entries(metrics).flatMap(([label, { n, mean, low, high }]) =>
    n === 0 ? [] : [{ label, mean, low: low ?? mean, high: high ?? mean }],
  );
  const spread = judge.criteria.flatMap(({ name }) => {
    const distribution = metrics[name]?.distribution;
    return distribution ? [{ name, counts: Object.values(distribution).map((count) => Number(count.toFixed(2))) }] : [];
  });
  const levels = Object.keys(judge.criteria[0]?.levels ?? {});
  const names = { x: "level", y: "rows (expected)" };
  return [
    ...(means.length > 0 ? [{ name: "scores", svg: await rangeChart("mean scores with 95 % intervals", means) }] : []),
    ...(spread.length > 0 ? [{ name: "levels", svg: await columnChart("rows on each level", names, levels, spread) }] : []),
  ];
}

function browser({ rows, judge, doubtful }: JudgementResult): Html {
  const samples = bySample(rows).map((own) => ({
    ...{ id: own[0]?.id, question: own[0]?.question, answer: own[0]?.answer, reference: own[0]?.reference },
    doubtful: doubtful.includes(own[0]?.id ?? ""),
    verdicts: own.map(({ criterion, score: value, distribution, justification, state, problem }) => ({
      ...{ criterion, score: value, distribution, justification, state, problem },
    })),
  }));
  const data = { criteria: judge.criteria.map(({ name }) => name), samples };
  const script = readFileSync(new URL("../../../templates/report/judgement-browser.js", import.meta.url), "utf8");
  return html`<h2>Rows</h2>
    <div class="controls">
      <select id="criterion" aria-label="sorted by"></select>
      <select id="show" aria-label="which rows"></select>
      <input id="text" type="search" placeholder="search" aria-label="search" />
      <span id="count" class="quiet"></span>
    </div>
    <div id="samples"></div>
    <button id="more">more</button>
    ${raw(`<script type="application/json" id="rows">${JSON.stringify(data).replaceAll("<", "\\u003c")}</script><script>${script}</script>`)}`;
}
