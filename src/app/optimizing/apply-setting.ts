import { counted } from "../../lib/base/errors/counted.js";
import { proofVerdict } from "../../lib/report/optimization-verdict.js";
import type { OptimizationResult } from "../../lib/experiments/optimize/optimization-result.js";
import { checksWithin, failureLimit, overLimit, type CheckResult } from "../../lib/experiments/gates/checks.js";
import { describeSetting } from "../../lib/experiments/study/study.js";
import type { EarnedFile } from "../studies/best-setting.js";
import { settingFile } from "../studies/setting-file.js";

/** Where a proven setting goes, and what may fail. */
export interface ApplyOptions {
  /** The path of the file that gets the setting, if it is proven. */
  apply?: string | undefined;
  maxFailed?: string | undefined;
}

/**
 * What the result has to hold: with `apply` a setting that is proven, on rows of which no more failed than may. There is a file only
 * where that is so.
 */
export function decideApply(
  result: OptimizationResult,
  { apply, maxFailed }: ApplyOptions,
): { checks: CheckResult[]; text: string | undefined } {
  const limit = failureLimit(maxFailed, apply !== undefined);
  const cells = [result.proof?.cells ?? result.study.cells];
  if (apply === undefined) return { checks: overLimit(limit, cells) === undefined ? [] : checksWithin(limit, cells, []), text: undefined };
  if (overLimit(limit, cells) === undefined) {
    const { text, check } = settingToApply(result, apply);
    return { checks: checksWithin(limit, cells, [check]), text };
  }
  const unwritten: CheckResult = { name: `apply ${apply}`, state: "cannot tell", evidence: `${apply} was not written` };
  return { checks: checksWithin(limit, cells, [unwritten]), text: undefined };
}

/** The setting that is proven; where no rows were held out for a proof, the one believed best, and the file says so. */
function settingToApply(result: OptimizationResult, path: string): EarnedFile {
  const { study, best, proof, command } = result;
  const name = `apply ${path}`;
  const setting = study.dataset.held_out === 0 ? best?.params : proof?.winner;
  if (study.status !== "finished" || !setting) {
    const { state, text } = proofVerdict(result);
    const reason = state === "met" ? "the proof has not ended" : text;
    const evidence = `${path} was not written: ${reason}`;
    return { text: undefined, check: { name, state: state === "met" ? "cannot tell" : state, evidence } };
  }
  const how = proof ? `proven better than the default on ${counted(proof.samples, "held-out row")}` : "not proven: no rows were held out";
  const evidence = `${describeSetting(setting)} was written to ${path} (${how}); use it with --set @${path} of serve, eval or sweep`;
  const text = settingFile(study.fixed, setting, [command, `${how}; study ${study.id}`]);
  return { text, check: { name, state: "met", evidence } };
}
