/** The library that draws charts, which is a chunk of its own. */
export function loadCharts(): Promise<typeof import("./echarts-core.js")> {
  return import("./echarts-core.js");
}

/** Has it on its way while the page and its data still are. */
export function preloadCharts(): void {
  loadCharts().catch(() => undefined); // the first chart says what is wrong
}
