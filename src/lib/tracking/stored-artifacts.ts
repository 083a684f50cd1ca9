import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { ArtifactFolder } from "./artifact-folder.js";
import type { ArtifactFiles, ArtifactPlaces, ArtifactStore, ByteRange, FileFacts } from "./artifact-store.js";
import { localFolder, PROXIED } from "./artifact-uri.js";
import { MlflowError } from "./mlflow-error.js";
import type { FileInfo } from "./records.js";
import type { ArtifactContent } from "./tracking-store.js";

/** The files of a store: each URI's scheme says where they are. */
export class StoredArtifacts implements ArtifactStore {
  readonly places: ArtifactPlaces;
  private readonly local: ArtifactFolder;

  /** `beside` is the folder of the database: relative locations begin there, and MLflow's own clients keep files in its mlruns. */
  constructor(places: ArtifactPlaces, beside: string) {
    this.places = places;
    const { destination, defaultRoot } = places;
    const folders = [localFolder(defaultRoot, beside), resolve(beside, "mlruns")].filter((folder) => folder !== undefined);
    this.local = new ArtifactFolder({ root: destination ?? undefined, folders, from: beside });
  }

  serves(artifactUri: string): boolean {
    return this.local.holds(artifactUri);
  }

  prepare(): void {
    this.local.prepare();
  }

  confirm(): void {
    this.local.confirm();
  }

  async list(artifactUri: string, path: string): Promise<FileInfo[]> {
    return this.of(artifactUri).list(artifactUri, path);
  }

  async read(artifactUri: string, path: string, part: { range?: ByteRange; facts?: FileFacts } = {}): Promise<Readable> {
    return this.of(artifactUri).read(artifactUri, path, part);
  }

  async write(artifactUri: string, path: string, content: ArtifactContent): Promise<void> {
    return this.of(artifactUri).write(artifactUri, path, content);
  }

  async describe(artifactUri: string, path: string): Promise<FileFacts> {
    return this.of(artifactUri).describe(artifactUri, path);
  }

  async fetch(artifactUri: string, path: string, folder: string): Promise<string> {
    return this.of(artifactUri).fetch(artifactUri, path, folder);
  }

  async delete(artifactUri: string, path: string): Promise<void> {
    return this.of(artifactUri).delete(artifactUri, path);
  }

  private of(artifactUri: string): ArtifactFiles {
    if (artifactUri.startsWith(PROXIED) && this.places.destination === null) {
      throw new MlflowError("NOT_IMPLEMENTED", `${artifactUri} is not served: the server was started with --no-serve-artifacts.`, {
        hint: "Start it with --serve-artifacts to hand out artifacts.",
      });
    }
    return this.local;
  }
}
