import type { OptimizationResult, TrialDocument } from "../experiments/optimize/optimization-result.js";
import type { CsvForm } from "./csv.js";
import { toJunit, type JunitCase } from "./junit.js";
import { describeProof } from "./optimization-verdict.js";
import { recordsCsv } from "./report.js";

/** A search as CSV: a row a trial, with its parameters, its objectives and what it keeps. */
export function optimizationCsv({ trials, objectives, constraints }: OptimizationResult, form: CsvForm): string {
  return recordsCsv(
    trials.map((trial) => ({
      ...{ trial: trial.trial + 1, ...trial.params },
      ...Object.fromEntries(objectives.map(({ name }, k) => [name, trial.values?.[k] ?? (k === 0 ? trial.value : null)])),
      se: trial.se,
      ...Object.fromEntries(constraints.map((name, k) => [name, trial.bounds[k] ?? null])),
      ...{ feasible: trial.feasible, state: trial.state, problem: trial.problem, run_id: trial.run_id },
    })),
    form,
  );
}

/** A search as JUnit XML: a case a trial, in error where it could not be measured, one for each setting of the proof, then the checks. */
export function optimizationJunit(result: OptimizationResult): string {
  const { study, trials, objectives, proof, checks } = result;
  const proven = (proof?.settings ?? []).map((setting): JunitCase => {
    const [first] = objectives;
    const verdict = setting.comparisons[first?.name ?? ""]?.verdict;
    return {
      ...{ name: `proof: ${setting.role} ${setting.name}`, time: 0 },
      output: describeProof(setting, objectives) || "what the others are compared with",
      skipped: verdict === "cannot tell",
    };
  });
  return toJunit(study.name, study.seconds, [...trials.map((trial) => toCase(trial, result)), ...proven], checks);
}

function toCase({ trial, params, value, values, state, problem }: TrialDocument, { objectives }: OptimizationResult): JunitCase {
  const measured = objectives.map(({ name }, k) => `${name} ${values?.[k] ?? (k === 0 ? value : null) ?? "-"}`);
  const setting = Object.entries(params).map(([name, own]) => `${name}=${own}`);
  return {
    ...{ name: `trial ${trial + 1}: ${setting.join(" ")}`, time: 0, output: `${measured.join(", ")}, ${state}` },
    error: state === "failed" ? (problem ?? "it could not be measured") : undefined,
  };
}
