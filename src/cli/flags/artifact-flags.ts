import { Flags, type Interfaces } from "@oclif/core";
import type { ArtifactPlaces } from "../../lib/tracking/artifact-store.js";

/** The flags that say where a store keeps files, named as MLflow's own. */
export const artifactFlags = {
  "artifacts-destination": Flags.string({
    env: "MLFLOW_ARTIFACTS_DESTINATION",
    helpValue: "URI",
    description: "what stands behind mlflow-artifacts:/: a folder, s3://, or gs:// [default: mlartifacts next to the database]",
  }),
  "default-artifact-root": Flags.string({
    env: "MLFLOW_DEFAULT_ARTIFACT_ROOT",
    helpValue: "URI",
    description: "where new experiments keep artifacts: mlflow-artifacts:/, or a place that clients reach themselves",
  }),
};

/** The places that the flags name; the store knows the others. */
export function placesOf(flags: Interfaces.InferredFlags<typeof artifactFlags>, serves: boolean): Partial<ArtifactPlaces> {
  const { "artifacts-destination": destination, "default-artifact-root": defaultRoot } = flags;
  return {
    ...(serves ? destination !== undefined && { destination } : { destination: null }),
    ...(defaultRoot !== undefined && { defaultRoot }),
  };
}
