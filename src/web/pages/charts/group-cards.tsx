import { useMemo, type ReactElement } from "react";
import type { RunColumns } from "../../api/documents.js";
import { Chart } from "../../charts/chart.js";
import { useChartColors } from "../../charts/colors.js";
import { heatEnds } from "../../charts/heat-map.js";
import { sequentialGradient } from "../../charts/sequential.js";
import { useOpenRun } from "../../charts/use-open-run.js";
import { formatMetric, formatNumber } from "../../format/numbers.js";
import { Empty } from "../../parts/states.js";
import { boxesOf, boxOption } from "./boxes.js";
import type { ChartProps } from "./chart-cards.js";
import { DimensionSelect } from "./dimension-select.js";
import { mapCells, mapOption, placesOf } from "./map.js";
import { useDimension, useDimensions } from "./use-dimensions.js";

const MOST_BOXES = 20;
const CELL_HEIGHT = 34;

/** A metric by the values of a parameter, as boxes. */
export function BoxCard({ runs, known }: ChartProps): ReactElement | null {
  const colors = useChartColors();
  const openRun = useOpenRun();
  const { params, metrics } = useDimensions(known);
  const [by, chooseBy] = useDimension("box-by", params.find(({ key }) => isGrouping(key, known)) ?? params[0]);
  const [metric, chooseMetric] = useDimension("box", metrics[0]);
  const key = metric?.key ?? "";
  const { boxes, values } = useMemo(() => (by ? boxesOf(runs, by, key, MOST_BOXES) : { boxes: [], values: 0 }), [runs, by, key]);
  const option = useMemo(() => boxOption(boxes, by?.key ?? "", key, colors), [boxes, by, key, colors]);
  if (!by) return null;
  return (
    <figure className="card">
      <figcaption>
        Boxes
        <DimensionSelect label="by" all={params} value={by} choose={chooseBy} />
        <DimensionSelect label="metric" all={metrics} value={metric} choose={chooseMetric} />
      </figcaption>
      {boxes.length === 0 ? (
        <Empty title={`No run has ${by.key} and a finite ${key}`} />
      ) : (
        <Chart option={option} label={`${key} by ${by.key}: median, quartiles, and outliers`} height={340} onPick={openRun} />
      )}
      <p className="soft">
        Median, quartiles, and the farthest runs within 1.5 times their distance; in parentheses the number of runs.
        {values > MOST_BOXES && ` The ${MOST_BOXES} most frequent of ${formatNumber(values)} values are shown.`}
      </p>
    </figure>
  );
}

/** Whether runs share the values of a parameter, so that boxes of them say something. */
function isGrouping(key: string, known: RunColumns): boolean {
  const distinct = known.params.find((param) => param.key === key)?.distinct ?? 0;
  return distinct > 1 && distinct <= MOST_BOXES;
}

/** The mean of a metric over two dimensions. */
export function MapCard({ runs, known }: ChartProps): ReactElement | null {
  const colors = useChartColors();
  const { all, params, metrics } = useDimensions(known);
  const usual = [...params, ...metrics.slice(1)];
  const [x, chooseX] = useDimension("map-x", usual[0]);
  const [y, chooseY] = useDimension("map-y", usual[1]);
  const [metric, chooseMetric] = useDimension("map", metrics[0]);
  const key = metric?.key ?? "";
  const axes = useMemo(
    () =>
      x &&
      y &&
      ([
        { ...placesOf(runs, x), name: x.key },
        { ...placesOf(runs, y), name: y.key },
      ] as const),
    [runs, x, y],
  );
  const cells = useMemo(() => (axes ? mapCells(runs, ...axes, key) : []), [runs, axes, key]);
  const option = useMemo(() => axes && mapOption(cells, axes, key, colors), [cells, axes, key, colors]);
  if (!x || !y || !axes || !option) return null;
  const height = 60 + CELL_HEIGHT * Math.max(3, Math.min(14, axes[1].labels.length));
  return (
    <figure className="card">
      <figcaption>
        Map
        <DimensionSelect label="x" all={all} value={x} choose={chooseX} />
        <DimensionSelect label="y" all={all} value={y} choose={chooseY} />
        <DimensionSelect label="color" all={metrics} value={metric} choose={chooseMetric} />
        <span className="scale" style={{ background: sequentialGradient(colors.isDark) }} aria-hidden="true" />
        {cells.length > 0 && (
          <small className="soft">
            {heatEnds(cells)
              .map((end) => formatMetric(key, end))
              .join(" to ")}
          </small>
        )}
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
