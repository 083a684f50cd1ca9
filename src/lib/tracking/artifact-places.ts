import { join, resolve } from "node:path";
import { LlmopsError } from "../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../base/errors/text-ends.js";
import type { ArtifactPlaces } from "./artifact-store.js";
import { isBucketUri, localFolder, PROXIED, schemeOf } from "./artifact-uri.js";

const DESTINATION = "mlartifacts";
const CLIENTS_OWN = "mlruns";

/**
 * Where a store keeps files: as people write it, or the folders of MLflow beside its database. What is absolute already stays as it is.
 * Throws INVALID_ARGUMENT for a place that no files can be kept in.
 */
export function artifactPlaces({ destination, defaultRoot }: Partial<ArtifactPlaces>, beside: string): ArtifactPlaces {
  if (destination === null) {
    if (defaultRoot !== undefined && schemeOf(defaultRoot) === schemeOf(PROXIED)) throw unserved(defaultRoot);
    return { destination, defaultRoot: rootOf(defaultRoot ?? join(beside, CLIENTS_OWN)) };
  }
  return { destination: destinationOf(destination ?? join(beside, DESTINATION)), defaultRoot: rootOf(defaultRoot ?? PROXIED) };
}

function destinationOf(place: string): string {
  if (isBucketUri(place)) return withoutTrailingSlashes(place);
  const folder = localFolder(place, ".");
  if (folder !== undefined) return folder;
  throw new LlmopsError("INVALID_ARGUMENT", `Artifacts cannot be kept in ${place}.`, {
    hint: "Name a folder of this machine, s3://BUCKET/FOLDER, or gs://BUCKET/FOLDER with --artifacts-destination.",
  });
}

/** MLflow writes file: URIs as they are, and paths from the root on. */
function rootOf(place: string): string {
  const scheme = schemeOf(place);
  if (scheme === undefined && place !== "") return resolve(place);
  if (scheme === "mlflow-artifacts" || isBucketUri(place) || (scheme === "file" && localFolder(place, ".") !== undefined)) return place;
  throw new LlmopsError("INVALID_ARGUMENT", `Experiments cannot have their artifacts in "${place}".`, {
    hint: `Name ${PROXIED}, s3://BUCKET/FOLDER, gs://BUCKET/FOLDER, or a folder with --default-artifact-root.`,
  });
}

function unserved(defaultRoot: string): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `--no-serve-artifacts leaves nothing behind --default-artifact-root ${defaultRoot}.`, {
    hint: "Name a place that clients reach themselves, or leave out --no-serve-artifacts.",
  });
}
