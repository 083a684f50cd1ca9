import { decideApply, type ApplyOptions } from "../../app/optimizing/apply-setting.js";
import { writeOutput } from "../../lib/base/files/output-files.js";
import { exitCodeOf } from "../../lib/experiments/gates/checks.js";
import type { OptimizationResult } from "../../lib/experiments/optimize/optimization-result.js";
import { searchFailure } from "../../lib/experiments/optimize/search-failure.js";
import { optimizationCharts } from "../../lib/report/optimization-charts.js";
import { optimizationCsv, optimizationJunit } from "../../lib/report/optimization-files.js";
import { optimizationMarkdown } from "../../lib/report/optimization-markdown.js";
import { optimizationPage } from "../../lib/report/page/study-pages.js";
import { renderOptimization } from "../../lib/report/optimization-table.js";
import { writeOutputs, type OutputFlags, type Outputs } from "../flags/output-flags.js";
import { terminalScreen } from "../terminal/terminal-screen.js";
import { describeCheck } from "./describe-check.js";

/** Where a search is shown, and what it is written to. */
export interface OptimizationPublication extends ApplyOptions {
  flags: OutputFlags;
  log: (text: string) => void;
}

/** Shows a search, writes its files and sets the exit code; gives the result with its checks. */
export async function publishOptimization(
  found: OptimizationResult,
  { apply, maxFailed, flags, log }: OptimizationPublication,
): Promise<OptimizationResult> {
  log(renderOptimization(found, terminalScreen()));
  const { checks, text } = decideApply(found, { apply, maxFailed });
  if (apply !== undefined && text !== undefined) await writeOutput(apply, text);
  const result = { ...found, checks };
  await writeOutputs(optimizationOutputs(result), flags);
  for (const check of checks) log(describeCheck(check));
  process.exitCode = exitCodeOf({ status: result.study.status, checks, failure: searchFailure(result) });
  return result;
}

/** What a search is written as. */
function optimizationOutputs(result: OptimizationResult): Outputs {
  return {
    markdown: () => optimizationMarkdown(result),
    csv: (form) => optimizationCsv(result, form),
    junit: () => optimizationJunit(result),
    html: () => optimizationPage(result),
    charts: () => optimizationCharts(result),
  };
}
