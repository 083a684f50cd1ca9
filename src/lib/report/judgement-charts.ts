import type { JudgementResult } from "../experiments/evaluation/judgement-result.js";
import { columnChart, rangeChart } from "./charts.js";
import type { NamedChart } from "./png.js";

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
