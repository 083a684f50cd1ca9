import type { EChartsCoreOption } from "echarts/core";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { Failure } from "../parts/states.js";
import type { StartedChart } from "./echarts-core.js";
import { loadCharts } from "./load-charts.js";

interface Props {
  option: EChartsCoreOption;
  /** What the chart shows, for those who do not see it. */
  label: string;
  height?: number;
  /** Gets the indices of data that the axes' brushes leave, when they change. */
  onBrush?: (indices: number[] | undefined) => void;
  /** Gets what was pressed: the index of its data, and the data. */
  onPick?: (index: number, data: unknown) => void;
}

/** A chart that fits its width. The library that draws it is loaded with the first one. */
export function Chart({ option, label, height = 300, onBrush, onPick }: Props): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<StartedChart>(undefined);
  const handlers = useRef({ onBrush, onPick });
  handlers.current = { onBrush, onPick };
  const latest = useRef(option);
  latest.current = option;
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let isGone = false;
    let sizes: ResizeObserver | undefined;
    loadCharts()
      .then(({ startChart }) => {
        if (isGone || !place.current) return;
        const started = startChart(place.current);
        chart.current = started;
        started.setOption(latest.current);
        started.on("axisareaselected", () => handlers.current.onBrush?.(brushed(started)));
        started.on("click", (event) => {
          const { dataIndex, data } = event as { dataIndex: number; data: unknown };
          handlers.current.onPick?.(dataIndex, data);
        });
        sizes = new ResizeObserver(() => started.resize());
        sizes.observe(place.current);
      })
      .catch(setError);
    return () => {
      isGone = true;
      sizes?.disconnect();
      chart.current?.dispose();
      chart.current = undefined;
    };
  }, []);
  useEffect(() => chart.current?.setOption(option, { notMerge: true }), [option]);
  if (error !== undefined) return <Failure error={error} />;
  return <div ref={place} className="chart" role="img" aria-label={label} style={{ height }} />;
}

interface ParallelModel {
  coordinateSystem: { hasAxisBrushed: () => boolean };
  getRawIndicesByActiveState: (state: string) => number[];
}

function brushed(chart: StartedChart): number[] | undefined {
  // the library's own way to ask a parallel series, which its types leave out
  const { getModel } = chart as unknown as { getModel: () => { getSeriesByIndex: (index: number) => ParallelModel } };
  const series = getModel.call(chart).getSeriesByIndex(0);
  return series.coordinateSystem.hasAxisBrushed() ? series.getRawIndicesByActiveState("active") : undefined;
}
