import { monitorSvg } from "../../lib/report/monitor-report.js";
import { readMonitorSeries } from "../../lib/report/monitor-series.js";
import { monitorPage } from "../../lib/report/page/monitor-page.js";
import { writePage } from "../../lib/report/page/write-page.js";
import { toPng } from "../../lib/report/png.js";
import { withStore } from "../tracking/with-store.js";

export interface ReportOptions {
  trackingUri: string;
  /** A run by id or name, or an experiment. */
  from: string;
  kind: "png" | "svg" | "html";
}

/** What was watched, as a picture or a page. Throws RUN_NOT_FOUND, and what reading the store throws. */
export async function drawReport({ trackingUri, from, kind }: ReportOptions): Promise<{
  name: string;
  metrics: string[];
  content: string | Uint8Array;
}> {
  return withStore(trackingUri, async (store) => {
    const series = await readMonitorSeries(store, from);
    const metrics = [...series.metrics.keys()].sort();
    if (kind === "html") return { name: series.name, metrics, content: writePage(monitorPage(series)) };
    const svg = await monitorSvg(series);
    return { name: series.name, metrics, content: kind === "png" ? toPng(svg) : svg };
  });
}
