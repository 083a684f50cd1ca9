import { readFileSync } from "node:fs";
import type { ReportData, StudyReport } from "../../src/lib/base/pages/report-data.js";

/** What the page in a file shows: its data. */
export function pageData(path: string): ReportData {
  const page = readFileSync(path, "utf8");
  const [, data] = /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(page) ?? [];
  if (data === undefined) throw new Error(`${path} has no data`);
  return JSON.parse(data) as ReportData;
}

/** What the page of a study shows. */
export function studyData(path: string): StudyReport {
  const { view } = pageData(path);
  if (view.kind !== "study") throw new Error(`${path} is a page of kind ${view.kind}`);
  return view;
}
