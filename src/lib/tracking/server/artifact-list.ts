import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import type { ArtifactStore } from "../artifact-store.js";
import { MlflowError } from "../mlflow-error.js";
import type { FileInfo } from "../records.js";
import { nonEmpty } from "../wire/values.js";

/** A URI whose files this server serves. Others are their clients' own, or of nobody's concern. */
export function served(artifacts: ArtifactStore, uri: string): string {
  if (artifacts.serves(uri)) return uri;
  throw new MlflowError("INVALID_PARAMETER_VALUE", `The artifacts at ${uri} are not served from here.`, {
    hint: "The server hands out what it keeps itself, and what lies below its --default-artifact-root.",
  });
}

/** A folder of artifacts as artifacts/list answers it: paths from the URI on. */
export async function listFolder(artifacts: ArtifactStore, artifactUri: string, path: string): Promise<object> {
  const files = await artifacts.list(served(artifacts, artifactUri), withoutTrailingSlashes(path));
  return { root_uri: artifactUri, files: nonEmpty(files.map(fileToWire)) };
}

/** Like MLflow, no size for folders and empty files. */
export function fileToWire({ path, isFolder, sizeBytes }: FileInfo): object {
  return { path, is_dir: isFolder, ...(isFolder || sizeBytes === 0 ? {} : { file_size: sizeBytes }) };
}
