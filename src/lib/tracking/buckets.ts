import type { MlflowConnection } from "../base/config/mlflow-environment.js";
import { LlmopsError } from "../base/errors/llmops-error.js";
import type { ArtifactFiles } from "./artifact-store.js";

/**
 * Files in buckets, whose SDK is slow to load and so is loaded with the first of them. Throws FORBIDDEN where whoever names buckets is
 * not trusted with the credentials for them.
 */
export class Buckets {
  private readonly connection: MlflowConnection;
  private readonly roots: readonly string[];
  private opened: Promise<ArtifactFiles> | undefined;

  /** `roots` hold the files of many runs. */
  constructor(connection: MlflowConnection, roots: readonly string[] = []) {
    this.connection = connection;
    this.roots = roots;
  }

  /** The files, for a URI that is named in what fails. */
  async open(artifactUri: string): Promise<ArtifactFiles> {
    const { s3, publicOnly = false, ...connection } = this.connection;
    if (s3 === undefined || publicOnly) {
      throw new LlmopsError("FORBIDDEN", `The server keeps artifacts in ${artifactUri}: the credentials of this machine are not for it.`, {
        hint: "Name that server with --tracking-uri or MLFLOW_TRACKING_URI, or start it with --serve-artifacts (its default).",
      });
    }
    this.opened ??= import("./s3/s3-artifacts.js").then(({ S3Artifacts }) => new S3Artifacts({ ...connection, s3: s3() }, this.roots));
    return this.opened;
  }
}
