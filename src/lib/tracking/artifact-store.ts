import type { Readable } from "node:stream";
import type { FilesByUri } from "./copied-parts.js";

/** What is known of a file without its bytes. */
export interface FileFacts {
  sizeBytes: number;
  /** Another one after each write. */
  version: string;
  modifiedMs: number;
}

/** A part of a file: both bytes are in it. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * The files of runs, logged models, and traces in one kind of place: each is written whole or not at all. Throws RESOURCE_DOES_NOT_EXIST
 * for files that are not there, INVALID_PARAMETER_VALUE for paths that leave their URI, and STORE_INCOMPATIBLE for URIs it does not reach.
 */
export interface ArtifactFiles extends FilesByUri {
  /** The bytes of a file, or of a part that it has, of the version that `facts` are of where they are given. */
  read(artifactUri: string, path: string, part?: { range?: ByteRange; facts?: FileFacts }): Promise<Readable>;
  /** Throws RESOURCE_DOES_NOT_EXIST also for a folder. */
  describe(artifactUri: string, path: string): Promise<FileFacts>;
  /** A file or folder as one of this machine: itself where it is one, else downloaded under `folder`. Returns its path. */
  fetch(artifactUri: string, path: string, folder: string): Promise<string>;
  /** Deletes a file or a whole folder; nothing happens when it is not there. The folder of all artifacts is INVALID_PARAMETER_VALUE. */
  delete(artifactUri: string, path: string): Promise<void>;
}

/** Where a store keeps files. */
export interface ArtifactPlaces {
  /** What stands behind mlflow-artifacts:/; null where nothing does: clients reach their files themselves. */
  destination: string | null;
  /** The URI below which new experiments have theirs: mlflow-artifacts:/, or a place that clients reach themselves. */
  defaultRoot: string;
}

/** The files of a store, wherever they are. */
export interface ArtifactStore extends ArtifactFiles {
  readonly places: ArtifactPlaces;
  /** Whether a client may be handed files of a URI that it named: those of the store's own places, and nothing else of this machine. */
  serves(artifactUri: string): boolean;
  /** Makes what can be made, or throws STORE_UNWRITABLE. */
  prepare(): void;
  /** Throws STORE_UNWRITABLE where what was written is gone since. */
  confirm(): void;
}
