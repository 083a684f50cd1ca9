import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { stepSummaryPath } from "./lib/config/environment.js";
import type { OptimizationResult } from "./lib/optimize/optimization-result.js";
import { optimizationCharts } from "./lib/report/optimization-charts.js";
import { optimizationHtml } from "./lib/report/optimization-html.js";
import { optimizationMarkdown } from "./lib/report/optimization-markdown.js";
import { chartFiles } from "./lib/report/png.js";
import type { CheckResult } from "./lib/study/checks.js";
import { describeSetting } from "./lib/study/study.js";
import { checkOutputs, prepareFolder, writeOutput } from "./output-files.js";
import type { OptimizeFlags } from "./optimize-flags.js";

/** Throws INVALID_ARGUMENT for files that could not be written after the work, before it. */
export function checkOptimizationOutputs({ markdown, html, charts, apply }: OptimizeFlags): void {
  checkOutputs([markdown, html, apply]);
  if (charts !== undefined) prepareFolder(charts);
}

/** Writes every file the flags ask for, and the step summary of GitHub Actions. */
export async function writeOptimization(result: OptimizationResult, { markdown, html, charts }: OptimizeFlags): Promise<void> {
  const summary = stepSummaryPath();
  if (markdown !== undefined) await writeOutput(markdown, optimizationMarkdown(result));
  if (summary !== undefined) await appendFile(summary, optimizationMarkdown(result));
  if (html !== undefined) await writeOutput(html, await optimizationHtml(result));
  if (charts === undefined) return;
  for (const { name, content } of chartFiles(await optimizationCharts(result))) await writeOutput(join(charts, name), content);
}

/** Writes the proven setting; one that is not proven, or was not to be, is only written when no proof was asked for. */
export async function applySetting({ study, best, proof, command }: OptimizationResult, path: string): Promise<CheckResult> {
  const setting = proof ? proof.winner : best?.params;
  const name = `apply ${path}`;
  if (study.status !== "finished" || !setting) {
    return { name, state: "cannot tell", evidence: `${path} was not written: no setting is proven better than the default.` };
  }
  const how = proof ? `proven better than the default on ${proof.samples} held-out rows` : "not proven: --proof 0";
  await writeOutput(path, `# ${command}\n# ${how}; study ${study.id}\n${stringify(setting)}`);
  return { name, state: "passed", evidence: `${describeSetting(setting)} was written to ${path}; use it with --set @${path}` };
}
