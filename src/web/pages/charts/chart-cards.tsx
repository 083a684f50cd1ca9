import { useMemo, useState, type ReactElement } from "react";
import type { RunColumns, RunValues } from "../../api/documents.js";
import { Chart } from "../../charts/chart.js";
import { useChartColors } from "../../charts/colors.js";
import { useOpenRun } from "../../charts/use-open-run.js";
import { count } from "../../format/numbers.js";
import { PageLink } from "../../parts/page-link.js";
import { Empty } from "../../parts/states.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { joinIds } from "../runs/columns.js";
import { AxesChooser, DimensionSelect } from "./dimension-select.js";
import { differingDimensions, dimensionId, parseDimension, type Dimension } from "./chart-data.js";
import { barOption, parallelOption, scatterOption } from "./chart-options.js";
import { useDimension, useDimensions } from "./use-dimensions.js";

/** What charts are drawn of. */
export interface ChartProps {
  runs: readonly RunValues[];
  known: RunColumns;
}

const AXES_AT_FIRST = 6;
const BRUSHED_LISTED = 50;

/** Parallel coordinates; the runs that a brush leaves are listed. */
export function ParallelCard({ runs, known }: ChartProps): ReactElement {
  const colors = useChartColors();
  const { all } = useDimensions(known);
  const [text, setText] = useUrlState("axes", "");
  const [brushed, setBrushed] = useState<number[]>();
  const axes = useMemo(() => {
    const chosen = text.split(",").map((id) => parseDimension(decodeAxis(id)));
    const found = chosen.filter((dimension) => dimension !== undefined);
    return found.length > 1 ? found : firstAxes(all, known);
  }, [text, all, known]);
  const option = useMemo(() => parallelOption(runs, axes, colors), [runs, axes, colors]);
  const left = (brushed ?? []).map((index) => runs[index]).filter((run) => run !== undefined);
  return (
    <figure className="card wide">
      <figcaption>
        Parallel coordinates
        <AxesChooser all={all} chosen={axes} choose={(next) => setText(joinIds(next.map(dimensionId)))} />
      </figcaption>
      {axes.length < 2 ? (
        <Empty title="Runs do not differ in two values that could be axes" />
      ) : (
        <Chart option={option} label={`Parallel coordinates of ${count(runs.length, "run")}`} height={380} onBrush={setBrushed} />
      )}
      <p className="soft">Drag along an axis to keep only the runs that pass there.</p>
      {brushed && <Brushed runs={left} />}
    </figure>
  );
}

function Brushed({ runs }: { runs: readonly RunValues[] }): ReactElement {
  return (
    <div className="brushed">
      <h3>{count(runs.length, "run")} kept</h3>
      <ul>
        {runs.slice(0, BRUSHED_LISTED).map(({ run_id, run_name }) => (
          <li key={run_id}>
            <PageLink href={`/runs/${run_id}`} dir="auto">
              {run_name}
            </PageLink>
          </li>
        ))}
      </ul>
      {runs.length > BRUSHED_LISTED && <p className="soft">{runs.length - BRUSHED_LISTED} more: brush further.</p>}
    </div>
  );
}

const decodeAxis = (id: string) => id.replaceAll("%2C", ",").replaceAll("%25", "%");

/** Some parameters that tell runs apart, and a metric at the end, by which lines are colored. */
function firstAxes(all: readonly Dimension[], known: RunColumns): Dimension[] {
  const differing = new Set(differingDimensions(known).map(dimensionId));
  const found = all.filter((dimension) => differing.has(dimensionId(dimension)));
  const params = found.filter(({ kind }) => kind === "param").slice(0, AXES_AT_FIRST - 2);
  const metrics = found.filter(({ kind }) => kind === "metric").slice(0, AXES_AT_FIRST - params.length);
  return [...params, ...metrics.reverse()];
}

/** One dimension over another. */
export function ScatterCard({ runs, known }: ChartProps): ReactElement {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const { all, params, metrics } = useDimensions(known);
  const [x, setX] = useDimension("x", params[0] ?? metrics[1] ?? all[0]);
  const [y, setY] = useDimension("y", metrics[0] ?? all[0]);
  const option = useMemo(() => x && y && scatterOption(runs, x, y, colors), [runs, x, y, colors]);
  return (
    <figure className="card">
      <figcaption>
        Scatter
        <DimensionSelect label="x" all={all} value={x} choose={setX} />
        <DimensionSelect label="y" all={all} value={y} choose={setY} />
      </figcaption>
      {option && <Chart option={option} label={`${y?.key} over ${x?.key}`} height={340} onPick={openRun} />}
    </figure>
  );
}

/** A metric of each run, the greatest first, with intervals. */
export function BarsCard({ runs, known }: ChartProps): ReactElement {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const { metrics } = useDimensions(known);
  const [metric, choose] = useDimension("bar", metrics[0]);
  const key = metric?.key ?? "";
  const { option, shown } = useMemo(() => barOption(runs, key, colors), [runs, key, colors]);
  const height = Math.min(520, Math.max(160, shown.length * 24 + 50));
  return (
    <figure className="card">
      <figcaption>
        Bars
        <DimensionSelect label="metric" all={metrics} value={metric} choose={choose} />
      </figcaption>
      {shown.length === 0 ? (
        <Empty title={`No run has a finite ${key}`} />
      ) : (
        <Chart key={height} option={option} label={`${key} of ${count(shown.length, "run")}`} height={height} onPick={openRun} />
      )}
    </figure>
  );
}
