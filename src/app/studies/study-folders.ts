import { join } from "node:path";
import { stateFolder } from "../../lib/base/config/mlflow-environment.js";

/** Where studies are kept to be resumed. */
export function studyFolder(): string {
  return join(stateFolder(), "studies");
}

/** Where baselines are kept, for version control: in the current folder. */
export function baselineFolder(): string {
  return join(".llmops", "baselines");
}

/** Where calibration cards are kept, for version control: in the current folder. */
export function cardFolder(): string {
  return join(".llmops", "judges");
}
