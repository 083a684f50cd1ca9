import { randomUUID } from "node:crypto";
import { accessSync, constants, mkdirSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { LlmopsError, messageOf } from "../errors/llmops-error.js";

const SCHEME = "mlflow-artifacts:/";

/** The folder an MLflow server keeps proxied artifacts in: `<root>/<experiment>/<run>/artifacts/...`. */
export class ArtifactFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Creates the folder, or throws STORE_UNWRITABLE. */
  prepare(): void {
    try {
      mkdirSync(this.root, { recursive: true });
      accessSync(this.root, constants.W_OK);
    } catch (cause) {
      throw unwritable(this.root, cause);
    }
  }

  /** Writes one artifact of the run with that artifact URI; the file appears whole or not at all. */
  async write(artifactUri: string, path: string, content: string | Uint8Array): Promise<void> {
    const target = this.resolve(artifactUri, path);
    const draft = `${target}.${randomUUID()}.new`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(draft, content);
      await rename(draft, target);
    } catch (cause) {
      await rm(draft, { force: true });
      throw unwritable(target, cause);
    }
  }

  /** The file of an artifact. Throws INVALID_ARGUMENT for a path that leaves the run's folder. */
  resolve(artifactUri: string, path: string): string {
    if (!artifactUri.startsWith(SCHEME)) {
      throw new LlmopsError("STORE_INCOMPATIBLE", `The artifact location ${artifactUri} is not in this store.`, {
        hint: `Runs of this store keep their artifacts under ${SCHEME}.`,
      });
    }
    const folder = join(this.root, artifactUri.slice(SCHEME.length));
    const target = normalize(join(folder, path));
    if (path === "" || !target.startsWith(folder + sep)) {
      throw new LlmopsError("INVALID_ARGUMENT", `The artifact path "${path}" leaves the run's folder.`);
    }
    return target;
  }
}

function unwritable(path: string, cause: unknown): LlmopsError {
  return new LlmopsError("STORE_UNWRITABLE", `The artifact folder ${path} cannot be written: ${messageOf(cause)}.`, {
    hint: "Go to a folder you may write to, or name one with --tracking-uri.",
    cause,
  });
}
