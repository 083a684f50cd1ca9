import { bestSettingFile } from "../../app/studies/best-setting.js";
import type { SweepOutcome } from "../../app/studies/sweep-outcome.js";
import { exitCodeOf } from "../../lib/experiments/gates/checks.js";
import { sweepFailure } from "../../lib/experiments/study/nothing-scored.js";
import type { SweepResult } from "../../lib/experiments/study/sweep-result.js";
import { sweepCharts } from "../../lib/report/sweep-charts.js";
import { sweepCsv } from "../../lib/report/sweep-csv.js";
import { sweepPage } from "../../lib/report/page/study-pages.js";
import { sweepJunit } from "../../lib/report/sweep-junit.js";
import { sweepMarkdown } from "../../lib/report/sweep-markdown.js";
import { renderSweep } from "../../lib/report/sweep-table.js";
import { writeOutputs, type OutputFlags, type Outputs } from "../flags/output-flags.js";
import { terminalScreen } from "../terminal/terminal-screen.js";
import { describeCheck } from "./describe-check.js";
import { writeOutput } from "../../lib/base/files/output-files.js";

/** Where a sweep is shown, and what it is written to. */
export interface SweepPublication {
  flags: OutputFlags;
  /** Where the best setting is written. */
  bestFile: string | undefined;
  log: (text: string) => void;
}

/** Shows a sweep, writes its files and sets the exit code; gives the result with the check of the best setting's file. */
export async function publishSweep(outcome: SweepOutcome, { flags, bestFile, log }: SweepPublication): Promise<SweepResult> {
  const result = bestFile === undefined ? outcome.result : await writeBest(outcome.result, bestFile);
  log(renderSweep(result, terminalScreen()));
  for (const check of result.checks) log(describeCheck(check));
  await writeOutputs(sweepOutputs({ ...outcome, result }), flags);
  process.exitCode = exitCodeOf({ status: result.study.status, checks: result.checks, failure: sweepFailure(result) });
  return result;
}

/** What a sweep is written as. */
function sweepOutputs({ result, kind, ...source }: SweepOutcome): Outputs {
  return {
    markdown: () => sweepMarkdown(result),
    csv: (form) => sweepCsv(result, form),
    junit: () => sweepJunit(result),
    html: () => sweepPage(result, source, kind),
    charts: () => sweepCharts(result),
  };
}

async function writeBest(result: SweepResult, path: string): Promise<SweepResult> {
  const { text, check } = bestSettingFile(result, path);
  if (text !== undefined) await writeOutput(path, text);
  return { ...result, checks: [...result.checks, check] };
}
