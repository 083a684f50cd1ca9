import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { metricHistory } from "../api/runs.js";
import { Empty, Failure, Loading } from "../parts/states.js";
import { Chart } from "./chart.js";
import { useChartColors } from "./colors.js";
import { curvesOption, type CurveAxis, type CurveSettings } from "./curves.js";

/** The server thins each run's history to this many points at most. */
const POINTS = 500;

interface PanelProps {
  metric: string;
  runIds: readonly string[];
  names: ReadonlyMap<string, string>;
  settings: CurveSettings;
  height?: number;
}

/** The curves of one metric. */
export function CurvesPanel({ metric, runIds, names, settings, height = 260 }: PanelProps): ReactElement {
  const colors = useChartColors();
  const { data, error, refetch } = useQuery({
    queryKey: ["history", metric, runIds],
    queryFn: ({ signal }) => metricHistory(runIds, metric, POINTS, signal),
    meta: { runs: runIds },
  });
  const option = useMemo(() => data && curvesOption(metric, data, settings, { names, colors }), [metric, data, settings, names, colors]);
  return (
    <figure className="card">
      <figcaption dir="auto">{metric}</figcaption>
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !option ? (
        <Loading lines={6} />
      ) : data?.length === 0 ? (
        <Empty title="No points yet" />
      ) : (
        <Chart option={option} label={`Curve of ${metric}`} height={height} />
      )}
    </figure>
  );
}

const AXES: Record<CurveAxis, string> = { step: "Step", time: "Time", relative: "Relative time" };

/** How curves are drawn. */
export function CurveTools({
  settings,
  change,
}: {
  settings: CurveSettings;
  change: (part: Partial<CurveSettings>) => void;
}): ReactElement {
  return (
    <div className="tools curve-tools">
      <label>
        Over
        <select value={settings.axis} onChange={(event) => change({ axis: event.target.value as CurveAxis })}>
          {Object.entries(AXES).map(([axis, name]) => (
            <option key={axis} value={axis}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Smoothing
        <input
          type="range"
          min="0"
          max="0.98"
          step="0.02"
          value={settings.smoothing}
          onChange={(event) => change({ smoothing: Number(event.target.value) })}
        />
        <output>{settings.smoothing === 0 ? "none" : settings.smoothing.toFixed(2)}</output>
      </label>
      <label>
        <input type="checkbox" checked={settings.isLog} onChange={(event) => change({ isLog: event.target.checked })} />
        Logarithmic
      </label>
    </div>
  );
}
