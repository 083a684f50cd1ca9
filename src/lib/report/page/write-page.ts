import { readFileSync } from "node:fs";
import { PROGRAM_VERSION } from "../../base/config/program-version.js";
import type { ReportData, ReportView } from "../../base/pages/report-data.js";
import { visibleLine } from "../visible-text.js";

/** The build puts the empty pages beside the program: half of the one with charts is the library that draws them. */
const WITH_CHARTS = new URL("../../../../dist/report.html", import.meta.url);
const PLAIN = new URL("../../../../dist/report-plain.html", import.meta.url);
const [TITLE, DATA] = ["{{title}}", "{{data}}"];

/** What stands in a page, and its heading. */
export interface Page {
  title: string;
  view: ReportView;
}

/**
 * A page as one file that opens without a server and without a network: the components of the web application, and the data of one
 * result. The data cannot end the element it stands in, and is no script.
 */
export function writePage({ title, view }: Page): string {
  const data: ReportData = { schema: "llmops.page/1", title, version: PROGRAM_VERSION, made: Date.now(), view };
  const template = readFileSync(hasCharts(view) ? WITH_CHARTS : PLAIN, "utf8");
  const [start, rest] = cutAt(template, TITLE);
  const [middle, end] = cutAt(rest, DATA);
  return [start, escapeText(title), middle, JSON.stringify(data).replaceAll("<", "\\u003c"), end].join("");
}

/** Whether pages of this kind draw any. */
function hasCharts(view: ReportView): boolean {
  if (view.kind === "study") return view.study.kind !== "judge";
  return view.kind !== "calibration" && view.kind !== "audit";
}

function cutAt(text: string, mark: string): [before: string, after: string] {
  const place = text.indexOf(mark);
  if (place < 0) throw new RangeError(`the template of pages has no ${mark}`);
  return [text.slice(0, place), text.slice(place + mark.length)];
}

function escapeText(text: string): string {
  return visibleLine(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
