import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import type { ArtifactStore } from "../artifact-store.js";
import { invalid } from "../mlflow-error.js";
import type { FileInfo } from "../records.js";
import { nonEmpty } from "../wire/values.js";

/** The URI of everything the proxy serves: runs, logged models and traces lie below it. */
export const ROOT = "mlflow-artifacts:/";

/** A URI whose files this server serves. Others, such as local folders, are their clients' own. */
export function proxied(uri: string): string {
  if (uri.startsWith(ROOT)) return uri;
  throw invalid(`The artifacts at ${uri} are not served from here.`);
}

/** A folder of artifacts as artifacts/list answers it: paths from the URI on. */
export async function listFolder(artifacts: ArtifactStore, artifactUri: string, path: string): Promise<object> {
  const files = await artifacts.list(proxied(artifactUri), withoutTrailingSlashes(path));
  return { root_uri: artifactUri, files: nonEmpty(files.map(fileToWire)) };
}

/** Like MLflow, no size for folders and empty files. */
export function fileToWire({ path, isFolder, sizeBytes }: FileInfo): object {
  return { path, is_dir: isFolder, ...(isFolder || sizeBytes === 0 ? {} : { file_size: sizeBytes }) };
}
