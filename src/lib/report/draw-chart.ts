import type { EChartsOption } from "echarts";
import { inTurn } from "../base/slices/slices.js";
import { visibleText } from "./visible-text.js";

export const WIDTH = 520;
export const HEIGHT = 300;

/** Draws an ECharts option as SVG text: in a turn of its own, so that a page of many charts holds a server up no longer than one does. */
export async function draw(option: EChartsOption, width = WIDTH, height = HEIGHT): Promise<string> {
  const echarts = await import("echarts");
  return inTurn(() => {
    const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
    try {
      chart.setOption({ animation: false, ...option });
      return visibleText(chart.renderToSVGString());
    } finally {
      chart.dispose();
    }
  });
}
