import type { RunComparison } from "../../lib/experiments/runs/compare-runs.js";
import { comparisonReport, renderComparison } from "../../lib/report/comparison-table.js";
import { comparisonPage } from "../../lib/report/page/comparison-page.js";
import { runRow } from "../../lib/report/page/run-rows.js";
import { outputsOf, writeOutputs, type OutputFlags } from "../flags/output-flags.js";
import { terminalScreen } from "../terminal/terminal-screen.js";

/** Where runs beside each other are shown, and what they are written to. */
export interface ComparisonPublication {
  flags: OutputFlags;
  /** What the user typed. */
  command: string;
  log: (text: string) => void;
}

/** Shows runs beside each other, and writes their files. */
export async function publishComparison(comparison: RunComparison, { flags, command, log }: ComparisonPublication): Promise<void> {
  log(renderComparison(comparison, terminalScreen()));
  const report = comparisonReport(comparison);
  const { runs, paired: comparisons, directions, notes } = comparison;
  const rows = runs.map((run) => runRow(run));
  const page = () => comparisonPage({ title: report.title, command, rows, comparisons, directions, notes, checks: [] });
  await writeOutputs(outputsOf(report, page), flags);
}
