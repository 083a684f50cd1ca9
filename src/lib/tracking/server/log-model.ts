import { invalid } from "../mlflow-error.js";
import type { Runs } from "../sqlite/runs.js";
import { isObject } from "./fields.js";

const TAG = "mlflow.log-model.history";
const NEEDED = ["artifact_path", "flavors", "utc_time_created", "run_id"];

/** Adds a model's description to the tag in which MLflow 2 lists the models of a run. Throws INVALID_PARAMETER_VALUE. */
export function addLoggedModelTag(runs: Runs, runId: string, modelJson: string): void {
  const model = parse(modelJson);
  const lacking = isObject(model) ? NEEDED.filter((field) => !Object.hasOwn(model, field)) : NEEDED;
  if (lacking.length > 0) throw invalid(`Model json is missing mandatory fields: ${lacking.join(", ")}`);
  const listed = parse(runs.get(runId).tags[TAG] ?? "[]");
  runs.logBatch(runId, { tags: { [TAG]: JSON.stringify([...(Array.isArray(listed) ? (listed as unknown[]) : []), model]) } });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`Malformed model info. \n ${text.slice(0, 100)} \n is not valid JSON`);
  }
}
