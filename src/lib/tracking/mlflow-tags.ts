/** Tags by which MLflow's clients and servers say how records belong together. Source: MLflow's `mlflow_tags.py`. */

/** On a run: the identifier of the run it is a part of. */
export const PARENT_TAG = "mlflow.parentRunId";

/** On a registered model and its versions: "true" where they are a prompt. */
export const PROMPT_TAG = "mlflow.prompt.is_prompt";

/** On a trace and an experiment: the folder its files are in. */
export const LOCATION_TAG = "mlflow.artifactLocation";

/** On a trace: what keeps its spans; "TRACKING_STORE" where that is the store itself and no file. */
export const SPANS_TAG = "mlflow.trace.spansLocation";
