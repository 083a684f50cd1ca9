import type { ArtifactFolder } from "../artifact-folder.js";
import type { FileInfo } from "../records.js";
import { nonEmpty } from "../wire/values.js";

/** A folder of artifacts as artifacts/list answers it: paths from the URI on. */
export async function listFolder(artifacts: ArtifactFolder, artifactUri: string, path: string): Promise<object> {
  const files = await artifacts.list(artifactUri, path.replace(/\/+$/, ""));
  return { root_uri: artifactUri, files: nonEmpty(files.map(fileToWire)) };
}

/** Like MLflow, no size for folders and empty files. */
export function fileToWire({ path, isFolder, sizeBytes }: FileInfo): object {
  return { path, is_dir: isFolder, ...(isFolder || sizeBytes === 0 ? {} : { file_size: sizeBytes }) };
}
