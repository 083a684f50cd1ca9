import type { OptimizationResult } from "../../lib/experiments/optimize/optimization-result.js";
import { optimizationCharts } from "../../lib/report/optimization-charts.js";
import { optimizationCsv, optimizationJunit } from "../../lib/report/optimization-files.js";
import { optimizationHtml } from "../../lib/report/optimization-html.js";
import { optimizationMarkdown } from "../../lib/report/optimization-markdown.js";
import { proofVerdict } from "../../lib/report/optimization-verdict.js";
import { checksWithin, failureLimit, overLimit, type CheckResult } from "../../lib/experiments/gates/checks.js";
import { describeSetting } from "../../lib/experiments/study/study.js";
import { writeOutput } from "../../cli/output/output-files.js";
import type { Outputs } from "../../cli/flags/output-flags.js";
import type { OptimizeFlags } from "../../cli/flags/optimize-flags.js";
import { settingFile } from "../studies/setting-file.js";

/** What a search is written as. */
export function optimizationOutputs(result: OptimizationResult): Outputs {
  return {
    markdown: () => optimizationMarkdown(result),
    csv: (form) => optimizationCsv(result, form),
    junit: () => optimizationJunit(result),
    html: () => optimizationHtml(result),
    charts: () => optimizationCharts(result),
  };
}

/**
 * What the result has to hold: with --apply a setting that is proven, on rows of which no more failed than may. It is written only
 * where that is so.
 */
export async function decideApply(result: OptimizationResult, { apply, "max-failed": most }: OptimizeFlags): Promise<CheckResult[]> {
  const limit = failureLimit(most, apply !== undefined);
  const cells = [result.proof?.cells ?? result.study.cells];
  if (overLimit(limit, cells) === undefined)
    return apply === undefined ? [] : checksWithin(limit, cells, [await applySetting(result, apply)]);
  const unwritten: CheckResult[] =
    apply === undefined ? [] : [{ name: `apply ${apply}`, state: "cannot tell", evidence: `${apply} was not written` }];
  return checksWithin(limit, cells, unwritten);
}

/** Writes the setting that is proven; where no rows were held out for a proof, the one believed best, and says so in the file. */
async function applySetting(result: OptimizationResult, path: string): Promise<CheckResult> {
  const { study, best, proof, command } = result;
  const name = `apply ${path}`;
  const setting = study.dataset.held_out === 0 ? best?.params : proof?.winner;
  if (study.status !== "finished" || !setting) {
    const { state, text } = proofVerdict(result);
    const reason = state === "met" ? "the proof has not ended" : text;
    return { name, state: state === "met" ? "cannot tell" : state, evidence: `${path} was not written: ${reason}` };
  }
  const how = proof ? `proven better than the default on ${proof.samples} held-out rows` : "not proven: no rows were held out";
  await writeOutput(path, settingFile(study.fixed, setting, [command, `${how}; study ${study.id}`]));
  return {
    name,
    state: "met",
    evidence: `${describeSetting(setting)} was written to ${path} (${how}); use it with --set @${path} of serve, eval or sweep`,
  };
}
