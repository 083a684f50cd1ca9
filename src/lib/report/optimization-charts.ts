import type { OptimizationResult, TrialDocument } from "../experiments/optimize/optimization-result.js";
import { bandChart, columnChart, heatChart, lineChart, parallelChart, scatterChart } from "./charts.js";
import type { NamedChart } from "./png.js";

/** The charts of a search: its history, slices and contour of what is believed, importance, all trials side by side, and a front. */
export async function optimizationCharts(result: OptimizationResult): Promise<NamedChart[]> {
  const { surface, objectives } = result;
  const [first] = objectives;
  const charts: NamedChart[] = [];
  const measured = result.trials.filter(({ value }) => value !== null);
  if (!first || measured.length === 0) return charts;
  charts.push({ name: "history", svg: await historyChart(result, measured) });
  if (objectives.length > 1) charts.push({ name: "front", svg: await frontChart(result, measured) });
  for (const slice of surface?.slices ?? []) {
    const points = measured.flatMap(({ params, value }): [number | string, number][] => [[params[slice.name] ?? "", value ?? 0]]);
    const title = `${first.name} over ${slice.name}: believed, and trials`;
    charts.push({
      name: `slice-${slice.name}`,
      svg: await bandChart(title, { x: slice.name, y: first.name, kind: first.kind }, slice, points),
    });
  }
  if (surface?.contour) {
    const { x, y, mean } = surface.contour;
    charts.push({ name: "contour", svg: await heatChart(`${first.name} over ${x.name} and ${y.name}, as believed`, x, y, mean) });
  }
  if (surface && surface.importance.length > 1) {
    const shares = surface.importance.map(({ share }) => Math.round(share * 1000) / 10);
    const names = surface.importance.map(({ name }) => name);
    charts.push({
      name: "importance",
      svg: await columnChart(`What changes ${first.name}`, { x: "", y: "%" }, names, [{ name: "share", counts: shares }]),
    });
  }
  const axes = [...result.space.map(({ name }) => name), ...objectives.map(({ name }) => name)];
  const rows = measured.map(({ params, value, values }) => [
    ...result.space.map(({ name }) => params[name]),
    ...(values ?? [value]).map((one) => one ?? undefined),
  ]);
  charts.push({ name: "parallel", svg: await parallelChart(axes, rows) });
  return charts;
}

function historyChart({ objectives }: OptimizationResult, measured: readonly TrialDocument[]): Promise<string> {
  const [first] = objectives;
  if (objectives.length > 1)
    return lineChart(`${first?.name ?? ""} by trial`, [
      { name: "trials", points: measured.map(({ trial, value }) => [trial + 1, value ?? 0]) },
    ]);
  const points = measured.map(({ trial, value, se }) => {
    const [y, error] = [value ?? 0, 1.96 * (se ?? 0)];
    const ends =
      first?.kind === "rate" ? { low: Math.max(0, y - error), high: Math.min(1, y + error) } : { low: y - error, high: y + error };
    return { x: trial + 1, y, label: "", ...(se !== null && ends) };
  });
  return scatterChart(`${first?.name ?? ""} by trial, plus and minus 1.96 standard errors`, { x: "trial", y: first?.name ?? "" }, points, {
    kind: first?.kind ?? "mean",
  });
}

function frontChart({ objectives, front }: OptimizationResult, measured: readonly TrialDocument[]): Promise<string> {
  const [x, y] = [objectives[0]?.name ?? "", objectives[1]?.name ?? ""];
  const points = measured.map(({ trial, values }) => ({
    ...{ x: values?.[0] ?? 0, y: values?.[1] ?? 0 },
    label: front?.trials.includes(trial) ? String(trial + 1) : "",
  }));
  return scatterChart(`${y} against ${x} (numbered: no other trial beats it in every objective)`, { x, y }, points, {
    labels: true,
    kind: objectives[1]?.kind ?? "mean",
  });
}
