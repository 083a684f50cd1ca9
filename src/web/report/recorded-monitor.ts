import type { MonitorReport } from "../../lib/base/pages/report-data.js";
import type { Series } from "../api/monitors.js";

interface SeriesRequest {
  keys: string | readonly string[];
  from: string;
  to: string;
}

/** The metrics of a server between two times. */
export function recordedSeries({ series }: MonitorReport): (request: SeriesRequest) => object {
  const known = series as readonly Series[];
  return ({ keys, from, to }) => {
    const asked = new Set(typeof keys === "string" ? [keys] : keys);
    const isIn = ({ time }: Series["points"][number]) => time >= Number(from) && time <= Number(to);
    return { series: known.filter(({ key }) => asked.has(key)).map(({ key, points }) => ({ key, points: points.filter(isIn) })) };
  };
}
