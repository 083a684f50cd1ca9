import type { Readable } from "node:stream";
import { withoutCredentials, type MlflowConnection } from "../../base/config/mlflow-environment.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { ArtifactFolder } from "../artifact-folder.js";
import { isBucketUri, localFolder, unreachableLocation } from "../artifact-uri.js";
import type { ArtifactFiles } from "../artifact-store.js";
import { Buckets } from "../buckets.js";
import { checkArtifactPath, encodeArtifactPath } from "../artifact-path.js";
import { downloadTo } from "../download-files.js";
import { invalid } from "../mlflow-error.js";
import type { FileInfo } from "../records.js";
import type { ArtifactContent } from "../tracking-store.js";
import { HttpClient } from "./http-client.js";

const API = "/api/2.0/mlflow-artifacts/artifacts";

interface Place {
  http: HttpClient;
  /** Below the proxy's root. */
  path: string;
}

/** Artifacts of a server: through its proxy, or in the folder or bucket that the server says they are in. */
export class RemoteArtifacts {
  private readonly http: HttpClient;
  private readonly connection: MlflowConnection;
  private readonly local = new ArtifactFolder({});
  private readonly buckets: Buckets;
  private readonly others = new Map<string, HttpClient>();

  constructor(http: HttpClient, connection: MlflowConnection) {
    this.http = http;
    this.connection = connection;
    this.buckets = new Buckets(connection);
  }

  async read(artifactUri: string, path: string): Promise<Readable> {
    const own = await this.reached(artifactUri);
    if (own) return own.read(artifactUri, path);
    const place = this.locate(artifactUri, path);
    return place.http.bytes({ method: "GET", path: `${API}/${encodeArtifactPath(place.path)}` });
  }

  async write(artifactUri: string, path: string, content: ArtifactContent): Promise<void> {
    if (path === "") throw invalid("Invalid path: the artifact has no name.");
    const own = await this.reached(artifactUri);
    if (own) return own.write(artifactUri, path, content);
    const place = this.locate(artifactUri, path);
    await place.http.bytes({ method: "PUT", path: `${API}/${encodeArtifactPath(place.path)}`, content }).then((body) => body.resume());
  }

  /** Downloads a file or a folder; a file that is there with its size is not fetched again. Returns its path. */
  async fetch(artifactUri: string, path: string, folder: string): Promise<string> {
    const own = await this.reached(artifactUri);
    if (own) return own.fetch(artifactUri, path, folder);
    const { path: full } = this.locate(artifactUri, path);
    return downloadTo(this, { uri: artifactUri, path }, [folder, ...full.split("/")]);
  }

  async close(): Promise<void> {
    for (const http of this.others.values()) await http.close();
  }

  /** What is directly under a path, with paths from the URI on. */
  async list(artifactUri: string, path: string): Promise<FileInfo[]> {
    const own = await this.reached(artifactUri);
    if (own) return own.list(artifactUri, path);
    const place = this.locate(artifactUri, path);
    const answer = await place.http.json<{ files?: { path: string; is_dir?: boolean; file_size?: number }[] }>({
      method: "GET",
      path: API,
      query: { path: place.path },
    });
    return (answer.files ?? []).map((file) => ({
      path: path === "" ? file.path : `${path}/${file.path}`,
      isFolder: file.is_dir ?? false,
      sizeBytes: file.file_size ?? 0,
    }));
  }

  private locate(artifactUri: string, path: string): Place {
    const [, host, root] = /^mlflow-artifacts:(?:\/\/([^/]+))?\/*(.*)$/.exec(artifactUri) ?? [];
    if (root === undefined) {
      const hint = "Start the MLflow server with --serve-artifacts (its default), so that it hands out artifacts itself.";
      throw unreachableLocation(artifactUri, hint);
    }
    const full = [withoutTrailingSlashes(root), path].filter((part) => part !== "").join("/");
    checkArtifactPath(path);
    checkArtifactPath(full); // the location is the server's word as well, and becomes a path below the folder of downloads
    return { http: host === undefined ? this.http : this.other(host), path: full };
  }

  /** Files that this program reaches itself: in folders of this machine, and in buckets. Throws FORBIDDEN where the server, which a request named, may not choose one. */
  private async reached(artifactUri: string): Promise<ArtifactFiles | undefined> {
    if (isBucketUri(artifactUri)) return this.buckets.open(artifactUri);
    const isLocal = localFolder(artifactUri, ".") !== undefined;
    if (isLocal && this.connection.publicOnly) {
      throw new LlmopsError("FORBIDDEN", `The server keeps artifacts in ${artifactUri}: it must not name folders of this machine.`, {
        hint: "Whoever runs this server can allow that very URI in tracking.allowed_uris.",
      });
    }
    return isLocal ? this.local : undefined;
  }

  private other(host: string): HttpClient {
    let client = this.others.get(host);
    if (!client) {
      const url = new URL(`${new URL(this.http.origin).protocol}//${host}`);
      // the host is what an experiment's artifact location says, which anyone who may create one chooses
      const isOwn = url.origin === new URL(this.http.origin).origin;
      client = new HttpClient(url, isOwn ? this.connection : withoutCredentials(this.connection));
      this.others.set(host, client);
    }
    return client;
  }
}
