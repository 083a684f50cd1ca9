import { resolve } from "node:path";
import type { Readable } from "node:stream";
import type { MlflowConnection } from "../base/config/mlflow-environment.js";
import { ArtifactFolder } from "./artifact-folder.js";
import type { ArtifactFiles, ArtifactPlaces, ArtifactStore, ByteRange, FileFacts } from "./artifact-store.js";
import { belowProxied, isBucketUri, localFolder, PROXIED } from "./artifact-uri.js";
import { Buckets } from "./buckets.js";
import { MlflowError } from "./mlflow-error.js";
import type { FileInfo } from "./records.js";
import type { ArtifactContent } from "./tracking-store.js";

/** The files of a store: each URI's scheme says where they are. */
export class StoredArtifacts implements ArtifactStore {
  readonly places: ArtifactPlaces;
  private readonly local: ArtifactFolder;
  private readonly buckets: Buckets;
  /** Buckets, or folders in them, that the store keeps files in. */
  private readonly bucketRoots: readonly string[];

  /** `beside` is the folder of the database: relative locations begin there, and MLflow's own clients keep files in its mlruns. */
  constructor(places: ArtifactPlaces, beside: string, connection: MlflowConnection) {
    this.places = places;
    const { destination, defaultRoot } = places;
    this.bucketRoots = [destination ?? "", defaultRoot].filter(isBucketUri);
    const root = destination === null || isBucketUri(destination) ? undefined : destination;
    const folders = [localFolder(defaultRoot, beside), resolve(beside, "mlruns")].filter((folder) => folder !== undefined);
    this.local = new ArtifactFolder({ root, folders, from: beside });
    this.buckets = new Buckets(connection, this.bucketRoots);
  }

  serves(artifactUri: string): boolean {
    if (artifactUri.startsWith(PROXIED)) return this.places.destination !== null;
    if (!isBucketUri(artifactUri)) return this.local.holds(artifactUri);
    return this.bucketRoots.some((root) => artifactUri === root || artifactUri.startsWith(`${root}/`));
  }

  prepare(): void {
    this.local.prepare();
  }

  confirm(): void {
    this.local.confirm();
  }

  async list(artifactUri: string, path: string): Promise<FileInfo[]> {
    const { files, uri } = await this.of(artifactUri);
    return files.list(uri, path);
  }

  async read(artifactUri: string, path: string, part: { range?: ByteRange; facts?: FileFacts } = {}): Promise<Readable> {
    const { files, uri } = await this.of(artifactUri);
    return files.read(uri, path, part);
  }

  async write(artifactUri: string, path: string, content: ArtifactContent): Promise<void> {
    const { files, uri } = await this.of(artifactUri);
    return files.write(uri, path, content);
  }

  async describe(artifactUri: string, path: string): Promise<FileFacts> {
    const { files, uri } = await this.of(artifactUri);
    return files.describe(uri, path);
  }

  async fetch(artifactUri: string, path: string, folder: string): Promise<string> {
    const { files, uri } = await this.of(artifactUri);
    return files.fetch(uri, path, folder);
  }

  async delete(artifactUri: string, path: string): Promise<void> {
    const { files, uri } = await this.of(artifactUri);
    return files.delete(uri, path);
  }

  /** Where the files of a URI are, and the URI that they have there. */
  private async of(artifactUri: string): Promise<{ files: ArtifactFiles; uri: string }> {
    const { destination } = this.places;
    const below = belowProxied(artifactUri);
    if (below !== undefined && destination === null) {
      throw new MlflowError("NOT_IMPLEMENTED", `${artifactUri} is not served: the server was started with --no-serve-artifacts.`, {
        hint: "Start it with --serve-artifacts to hand out artifacts.",
      });
    }
    const isInBucket = below !== undefined && destination !== null && isBucketUri(destination);
    const uri = isInBucket ? `${destination}/${below}` : artifactUri;
    return { files: isBucketUri(uri) ? await this.buckets.open(uri) : this.local, uri };
  }
}
