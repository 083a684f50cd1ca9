import { Flags } from "@oclif/core";

/** The flag that names the MLflow store. */
export const trackingUriFlag = Flags.string({
  aliases: ["mlflow_tracking_uri"],
  default: ".",
  env: "MLFLOW_TRACKING_URI",
  helpValue: "URI",
  description:
    "MLflow store: http(s)://HOST:PORT, a folder with mlflow.db and mlartifacts, sqlite:///FILE, or postgresql://USER@HOST/DATABASE",
});

/** The flag that names the experiment new runs go to. */
export function experimentFlag(name: string) {
  return Flags.string({ default: name, env: "MLFLOW_EXPERIMENT_NAME", helpValue: "NAME", description: "MLflow experiment of the runs" });
}

/** The flag that names the experiments whose runs are meant. */
export function experimentsFlag(description: string) {
  return Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "NAME", description });
}

/** A flag with several values, by default NAME=VALUE pairs of a run. */
export function pairsFlag({ description, char, helpValue = "K=V" }: { description: string; char?: "p"; helpValue?: string }) {
  return Flags.string({ ...(char && { char }), multiple: true, multipleNonGreedy: true, helpValue, description });
}
