import { BarChart, BoxplotChart, CustomChart, LineChart, ParallelChart, ScatterChart } from "echarts/charts";
import {
  DataZoomComponent,
  GridComponent,
  LegendComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([
  ...[BarChart, BoxplotChart, CustomChart, LineChart, ParallelChart, ScatterChart, CanvasRenderer],
  ...[DataZoomComponent, GridComponent, LegendComponent, ParallelComponent, TooltipComponent, VisualMapComponent],
]);

/** A chart in an element; only what the application draws is in its chunk. */
export const startChart = (element: HTMLElement) => echarts.init(element, undefined, { renderer: "canvas" });
export type StartedChart = ReturnType<typeof startChart>;
