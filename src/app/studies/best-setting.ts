import type { CheckResult } from "../../lib/experiments/gates/checks.js";
import { counted } from "../../lib/base/errors/counted.js";
import { explainNoBest } from "../../lib/experiments/study/no-best.js";
import { describeSetting } from "../../lib/experiments/study/study.js";
import type { SweepResult } from "../../lib/experiments/study/sweep-result.js";
import { settingFile } from "./setting-file.js";

/** A file that is written only where a result deserves it: its text, if it does, and the check that says so. */
export interface EarnedFile {
  text: string | undefined;
  check: CheckResult;
}

/**
 * The best setting with everything it was measured with, as the file of that path. There is none of a study that did not end, scored
 * nothing, or in which too much failed.
 */
export function bestSettingFile(result: SweepResult, path: string): EarnedFile {
  const { study, best, checks, command } = result;
  const name = `best setting in ${path}`;
  const broken = checks.find(({ state }) => state === "too much failed");
  if (broken) return { text: undefined, check: { ...broken, name } };
  if (study.status !== "finished" || !best) {
    const why = best ? "the study has not ended" : explainNoBest(result);
    return { text: undefined, check: { name, state: "cannot tell", evidence: `${path} was not written: ${why}.` } };
  }
  const tied = best.tied_with.map(({ params }) => describeSetting(params)).join("; ");
  const how = tied === "" ? "better than every other setting" : `not told apart from ${tied}`;
  const alone = `${study.metric} ${best.value} on ${counted(study.dataset.samples, "row")} of ${study.dataset.path}`;
  const evidence = `${describeSetting(best.params)} was written to ${path}; serve it with llmops serve --set @${path}`;
  const text = settingFile(study.fixed, best.params, [command, `${alone}, ${how}; study ${study.id}`]);
  return { text, check: { name, state: "met", evidence } };
}
