import { invalid } from "../mlflow-error.js";
import { isObject } from "./fields.js";

const NEEDED = ["artifact_path", "flavors", "utc_time_created", "run_id"];

/** The description of a model as MLflow 2 logs it. Throws INVALID_PARAMETER_VALUE where it lacks a field. */
export function readModelJson(text: string): object {
  const model = parse(text);
  const lacking = isObject(model) ? NEEDED.filter((field) => !Object.hasOwn(model, field)) : NEEDED;
  if (isObject(model) && lacking.length === 0) return model;
  throw invalid(`Model json is missing mandatory fields: ${lacking.join(", ")}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(`Malformed model info. \n ${text.slice(0, 100)} \n is not valid JSON`);
  }
}
