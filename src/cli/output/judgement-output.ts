import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import { judgementFailure, pairwiseFailure } from "../../lib/experiments/evaluation/grading-failure.js";
import type { PairwiseResult } from "../../lib/experiments/evaluation/pairwise-result.js";
import { exitCodeOf } from "../../lib/experiments/gates/checks.js";
import { judgementCsv, judgementJunit, judgementMarkdown } from "../../lib/report/judgement-files.js";
import { judgementCharts } from "../../lib/report/judgement-charts.js";
import { renderJudgement } from "../../lib/report/judgement-table.js";
import { pairwiseCharts, pairwiseReport } from "../../lib/report/pairwise-table.js";
import { judgementPage, pairwisePage } from "../../lib/report/page/grading-pages.js";
import { renderReport, type Report } from "../../lib/report/report.js";
import { outputsOf, writeOutputs, type OutputFlags, type Outputs } from "../flags/output-flags.js";
import { terminalScreen } from "../terminal/terminal-screen.js";
import { describeCheck } from "./describe-check.js";

type Log = (text: string) => void;

/** Shows a judgement, writes its files and sets the exit code. */
export async function publishJudgement(result: JudgementResult, flags: OutputFlags, log: Log): Promise<JudgementResult> {
  const { study, checks } = result;
  log(renderJudgement(result, terminalScreen()));
  for (const check of checks) log(describeCheck(check));
  await writeOutputs(judgementOutputs(result), flags);
  process.exitCode = exitCodeOf({ status: study.status, checks, failure: judgementFailure(result) });
  return result;
}

/** Shows a comparison, writes its files and sets the exit code. */
export async function publishPairwise(result: PairwiseResult, flags: OutputFlags, log: Log): Promise<PairwiseResult> {
  const screen = terminalScreen();
  const report = pairwiseReport(result, screen.chalk);
  log(renderReport(report, screen));
  await writeOutputs(pairwiseOutputs(result, report), flags);
  process.exitCode = exitCodeOf({ status: result.study.status, checks: [], failure: pairwiseFailure(result) });
  return result;
}

/** What a judgement is written as. */
function judgementOutputs(result: JudgementResult): Outputs {
  return {
    markdown: () => judgementMarkdown(result),
    csv: (form) => judgementCsv(result, form),
    junit: () => judgementJunit(result),
    html: () => judgementPage(result),
    charts: () => judgementCharts(result),
  };
}

/** What a comparison is written as. */
function pairwiseOutputs(result: PairwiseResult, report: Report): Outputs {
  return {
    ...outputsOf(report, () => pairwisePage(result)),
    charts: () => pairwiseCharts(result),
  };
}
