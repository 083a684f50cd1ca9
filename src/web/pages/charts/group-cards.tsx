import { useMemo, type ReactElement } from "react";
import { useLocation } from "wouter";
import type { RunColumns } from "../../api/documents.js";
import { Chart } from "../../charts/chart.js";
import { useChartColors } from "../../charts/colors.js";
import { sequentialGradient } from "../../charts/sequential.js";
import { formatMetric } from "../../format/numbers.js";
import { Empty } from "../../parts/states.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { boxesOf, boxOption } from "./boxes.js";
import { useDimensions, type ChartProps } from "./chart-cards.js";
import { dimensionId, parseDimension, type Dimension } from "./chart-data.js";
import { DimensionSelect } from "./dimension-select.js";
import { mapCells, mapOption, placesOf } from "./map.js";

const MOST_BOXES = 20;
const CELL_HEIGHT = 34;

/** A metric by the values of a parameter, as boxes. */
export function BoxCard({ runs, known }: ChartProps): ReactElement | null {
  const colors = useChartColors();
  const [, navigate] = useLocation();
  const [params, metrics] = useKinds(useDimensions(known));
  const [byId, chooseBy] = useUrlState("box-by", "");
  const [metricId, chooseMetric] = useUrlState("box", "");
  const by = parseDimension(byId) ?? params.find(({ key }) => isGrouping(key, known)) ?? params[0];
  const metric = parseDimension(metricId) ?? metrics[0];
  const [byKey, key] = [by?.key, metric?.key ?? ""];
  const { boxes, values } = useMemo(
    () => (byKey === undefined ? { boxes: [], values: 0 } : boxesOf(runs, { kind: "param", key: byKey }, key, MOST_BOXES)),
    [runs, byKey, key],
  );
  const option = useMemo(() => boxOption(boxes, byKey ?? "", key, colors), [boxes, byKey, key, colors]);
  if (byKey === undefined) return null;
  return (
    <figure className="card">
      <figcaption>
        Boxes
        <DimensionSelect label="by" all={params} value={by} choose={chooseBy} />
        <DimensionSelect label="metric" all={metrics} value={metric} choose={chooseMetric} />
      </figcaption>
      {boxes.length === 0 ? (
        <Empty title={`No run has ${byKey} and a finite ${key}`} />
      ) : (
        <Chart
          option={option}
          label={`${key} by ${byKey}: median, quartiles, and outliers`}
          height={340}
          onPick={(_, data) => {
            const run = runOf(data);
            if (run !== undefined) navigate(`/runs/${run}`);
          }}
        />
      )}
      <p className="soft">
        Median, quartiles, and the farthest runs within 1.5 times their distance; in parentheses the number of runs.
        {values > MOST_BOXES && ` The ${MOST_BOXES} most frequent of ${values.toLocaleString("en-US")} values are shown.`}
      </p>
    </figure>
  );
}

/** Whether runs share the values of a parameter, so that boxes of them say something. */
function isGrouping(key: string, known: RunColumns): boolean {
  const distinct = known.params.find((param) => param.key === key)?.distinct ?? 0;
  return distinct > 1 && distinct <= MOST_BOXES;
}

function runOf(data: unknown): string | undefined {
  const { run } = (typeof data === "object" && data !== null ? data : {}) as { run?: unknown };
  return typeof run === "string" ? run : undefined;
}

function useKinds(all: readonly Dimension[]): [params: Dimension[], metrics: Dimension[]] {
  return useMemo(() => [all.filter(({ kind }) => kind === "param"), all.filter(({ kind }) => kind === "metric")], [all]);
}

/** The mean of a metric over two dimensions. */
export function MapCard({ runs, known }: ChartProps): ReactElement | null {
  const colors = useChartColors();
  const all = useDimensions(known);
  const [params, metrics] = useKinds(all);
  const [xId, chooseX] = useUrlState("map-x", "");
  const [yId, chooseY] = useUrlState("map-y", "");
  const [metricId, chooseMetric] = useUrlState("map", "");
  const usual = [...params, ...metrics.slice(1)];
  const x = parseDimension(xId) ?? usual[0];
  const y = parseDimension(yId) ?? usual[1];
  const metric = parseDimension(metricId) ?? metrics[0];
  const key = metric?.key ?? "";
  const ids = [x, y].map((dimension) => (dimension ? dimensionId(dimension) : "")).join("\n");
  const { cells, ends, option, rows } = useMemo(() => {
    if (!x || !y) return { cells: [], ends: [0, 0] as const, option: undefined, rows: 0 };
    const [across, up] = [placesOf(runs, x), placesOf(runs, y)];
    const found = mapCells(runs, across, up, key);
    const axes = [
      { ...across, name: x.key },
      { ...up, name: y.key },
    ] as const;
    const means = found.map(({ mean }) => mean);
    const ends = [Math.min(...means), Math.max(...means)] as const;
    return { cells: found, ends, option: mapOption(found, { axes, metric: key, ends }, colors), rows: up.labels.length };
    // the ids say all about the two dimensions
  }, [runs, ids, key, colors]);
  if (!x || !y || !option) return null;
  const height = 60 + CELL_HEIGHT * Math.max(3, Math.min(14, rows));
  return (
    <figure className="card">
      <figcaption>
        Map
        <DimensionSelect label="x" all={all} value={x} choose={chooseX} />
        <DimensionSelect label="y" all={all} value={y} choose={chooseY} />
        <DimensionSelect label="color" all={metrics} value={metric} choose={chooseMetric} />
        <span className="scale" style={{ background: sequentialGradient(colors.isDark) }} aria-hidden="true" />
        {cells.length > 0 && <small className="soft">{ends.map((end) => formatMetric(key, end)).join(" to ")}</small>}
      </figcaption>
      {cells.length === 0 ? (
        <Empty title={`No run has ${x.key}, ${y.key}, and a finite ${key}`} />
      ) : (
        <>
          <p className="soft axis-name" dir="auto">
            {y.key}
          </p>
          <Chart key={height} option={option} label={`Mean ${key} over ${x.key} and ${y.key}`} height={height} />
        </>
      )}
      <p className="soft">Means of the runs in each cell; cells without a run stay empty.</p>
    </figure>
  );
}
