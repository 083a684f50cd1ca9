import type { FilesByUri } from "./copied-parts.js";

/** What is known of a file without its bytes. */
export interface FileFacts {
  sizeBytes: number;
  /** Another one after each write. */
  version: string;
}

/**
 * The files of runs, logged models, and traces, on this machine: each is written whole or not at all. Throws RESOURCE_DOES_NOT_EXIST for
 * files that are not there, INVALID_PARAMETER_VALUE for paths that leave their URI, and STORE_INCOMPATIBLE for URIs it does not reach.
 */
export interface ArtifactStore extends FilesByUri {
  /** What stands behind mlflow-artifacts:/, as people write it. */
  readonly root: string;

  /** Makes what can be made, or throws STORE_UNWRITABLE. */
  prepare(): void;
  /** Throws STORE_UNWRITABLE where what was written is gone since. */
  confirm(): void;
  /** Throws RESOURCE_DOES_NOT_EXIST also for a folder. */
  describe(artifactUri: string, path: string): Promise<FileFacts>;
  /** The place of a file or folder on this machine, whether it is there or not. */
  placeOf(artifactUri: string, path: string): string;
  /** The same of one that is there. */
  find(artifactUri: string, path: string): Promise<string>;
  /** Deletes a file or a whole folder; nothing happens when it is not there. The folder of all artifacts is INVALID_PARAMETER_VALUE. */
  delete(artifactUri: string, path: string): Promise<void>;
}
