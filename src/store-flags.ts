import { Flags } from "@oclif/core";

/** The flag that names the MLflow store. */
export const trackingUriFlag = Flags.string({
  default: ".",
  helpValue: "FOLDER",
  description: "MLflow store: a folder with mlflow.db and mlartifacts, or sqlite:///FILE",
});
