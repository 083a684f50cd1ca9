import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { metricSeries, type MonitorStatus, type Series, type WatchedServer } from "../../api/monitors.js";
import { Chart } from "../../charts/chart.js";
import { useChartColors } from "../../charts/colors.js";
import { formatTime } from "../../format/times.js";
import { usePlace } from "../../parts/place.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { panelOption, type DrawnLine } from "./panel-option.js";
import { limitsOf, PANEL_METRICS, PANELS, splitLimits, type Panel } from "./panels.js";
import { RANGES, spanOf, USUAL_RANGE, WHOLE_RANGE, type Span } from "./ranges.js";
import { TimelineCard } from "./timeline-card.js";

const POINTS = 240;

/** How a server was over a range of time: when alerts fired, and its metrics with what they are held against. */
export function ServerPanels({ server, status }: { server: WatchedServer; status: MonitorStatus }): ReactElement {
  const usual = usePlace().isFile ? WHOLE_RANGE : USUAL_RANGE;
  const [range, setRange] = useUrlState("range", usual);
  const isLive = server.state === "watching" || server.state === "silent";
  const keys = useMemo(() => [...PANEL_METRICS, ...status.slos.map(({ slo }) => budgetMetric(slo))], [status.slos]);
  const { data, error, refetch } = useQuery({
    queryKey: ["series", server.run_id, range, isLive, keys],
    queryFn: async ({ signal }) => {
      const span = spanOf(range, { isLive, seen: server.seen, since: status.watching_since });
      const query = { keys, from: Math.floor(span.from), to: Math.ceil(span.to), points: POINTS };
      return { span, series: await metricSeries(server.run_id, query, signal) };
    },
    placeholderData: (before) => before,
    refetchInterval: isLive ? 15_000 : false,
  });
  return (
    <section className="monitor-panels" aria-labelledby="over-time">
      <div className="title-line">
        <h2 id="over-time">Over time</h2>
        <div className="tools">
          <label>
            Range
            <select value={RANGES.has(range) ? range : usual} onChange={(event) => setRange(event.target.value)}>
              {[...RANGES].map(([id, { name }]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        </div>
        {data && (
          <span className="soft">
            {formatTime(data.span.from)} to {isLive ? "now" : formatTime(data.span.to)}
          </span>
        )}
      </div>
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : data ? (
        <Drawn {...{ server, status, ...data }} />
      ) : (
        <Loading lines={8} />
      )}
    </section>
  );
}

interface DrawnProps {
  server: WatchedServer;
  status: MonitorStatus;
  span: Span;
  series: readonly Series[];
}

function Drawn({ server, status, span, series }: DrawnProps): ReactElement {
  const found = useMemo(() => new Map(series.map(({ key, points }) => [key, points])), [series]);
  const panels = useMemo(() => withBudgets(status), [status]);
  const shown = panels.filter((panel) => drawnLines(panel, found).length > 0);
  return (
    <>
      <TimelineCard runId={server.run_id} status={status} span={span} />
      {shown.length === 0 && (
        <Empty title="No poll in this range">
          <p>Choose a longer one.</p>
        </Empty>
      )}
      <div className="panels">
        {shown.map((panel) => (
          <PanelCard key={panel.title} {...{ panel, status, span, found }} />
        ))}
      </div>
    </>
  );
}

type PanelProps = Pick<DrawnProps, "status" | "span"> & { panel: Panel; found: ReadonlyMap<string, Series["points"]> };

function PanelCard({ panel, status, span, found }: PanelProps): ReactElement {
  const colors = useChartColors();
  const { option, far } = useMemo(() => {
    const lines = drawnLines(panel, found);
    const most = Math.max(...lines.flatMap(({ points }) => points.map(({ max }) => max)));
    const limits = splitLimits(limitsOf(panel, status), most);
    return { option: panelOption({ unit: panel.unit, lines, limits: limits.near, span }, colors), far: limits.far };
  }, [panel, status, span, found, colors]);
  return (
    <figure className="card">
      <figcaption>
        {panel.title}
        {far.length > 0 && <small className="soft">far above: {far.map(({ label }) => label).join(", ")}</small>}
      </figcaption>
      <Chart option={option} label={`${panel.title} over time`} height={190} />
    </figure>
  );
}

/** What of a panel there is to draw: of failures, those that happened. */
function drawnLines({ lines, isRare = false }: Panel, found: PanelProps["found"]): DrawnLine[] {
  return lines.flatMap(({ metric, label }) => {
    const points = found.get(metric) ?? [];
    return points.length > 0 && !(isRare && points.every(({ max }) => max === 0)) ? [{ label, points }] : [];
  });
}

/** The metric with what is left of an objective's error budget. */
function budgetMetric(slo: string): string {
  return `slo_${slo.replace(/[^\w.]+/g, "_")}_error_budget_left`;
}

function withBudgets({ slos }: MonitorStatus): readonly Panel[] {
  if (slos.length === 0) return PANELS;
  const lines = slos.map(({ slo }) => ({ metric: budgetMetric(slo), label: slo }));
  return [{ title: "Error budget left", unit: "ratio", lines }, ...PANELS];
}
