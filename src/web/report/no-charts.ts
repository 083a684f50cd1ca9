// In the pages of files that have no charts this stands in the place of charts/load-charts.ts: the library that draws them is half of a page.

/** Fails as where the library cannot be loaded. */
export function loadCharts(): Promise<never> {
  return Promise.reject(new Error("This page was written without what draws charts."));
}

/** There is nothing to be loaded. */
export function preloadCharts(): void {}
