import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { withoutCredentials, type MlflowConnection } from "../../base/config/mlflow-environment.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { withoutTrailingSlashes } from "../../base/errors/text-ends.js";
import { writeWholeStream } from "../../base/files/write-whole.js";
import { ArtifactFolder } from "../artifact-folder.js";
import { localFolder, unreachableLocation } from "../artifact-uri.js";
import { checkArtifactPath, encodeArtifactPath } from "../artifact-path.js";
import { invalid, missing } from "../mlflow-error.js";
import type { FileInfo } from "../records.js";
import type { ArtifactContent } from "../tracking-store.js";
import { HttpClient } from "./http-client.js";

const API = "/api/2.0/mlflow-artifacts/artifacts";

interface Place {
  http: HttpClient;
  /** Below the proxy's root. */
  path: string;
}

/** Artifacts of a server: through its proxy, or in a local folder where the server hands those out. */
export class RemoteArtifacts {
  private readonly http: HttpClient;
  private readonly connection: MlflowConnection;
  private readonly local = new ArtifactFolder({});
  private readonly others = new Map<string, HttpClient>();

  constructor(http: HttpClient, connection: MlflowConnection) {
    this.http = http;
    this.connection = connection;
  }

  async read(artifactUri: string, path: string): Promise<Readable> {
    if (this.isLocal(artifactUri)) return this.local.read(artifactUri, path);
    const place = this.locate(artifactUri, path);
    return place.http.bytes({ method: "GET", path: `${API}/${encodeArtifactPath(place.path)}` });
  }

  async write(artifactUri: string, path: string, content: ArtifactContent): Promise<void> {
    if (path === "") throw invalid("Invalid path: the artifact has no name.");
    if (this.isLocal(artifactUri)) return this.local.write(artifactUri, path, content);
    const place = this.locate(artifactUri, path);
    await place.http.bytes({ method: "PUT", path: `${API}/${encodeArtifactPath(place.path)}`, content }).then((body) => body.resume());
  }

  /** Downloads a file or a folder; a file that is there with its size is not fetched again. Returns its path. */
  async fetch(artifactUri: string, path: string, folder: string): Promise<string> {
    if (this.isLocal(artifactUri)) return this.local.fetch(artifactUri, path);
    const { path: full } = this.locate(artifactUri, path);
    const target = join(folder, ...full.split("/"));
    const parent = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
    const self = path === "" ? undefined : (await this.list(artifactUri, parent)).find((file) => file.path === path);
    if (path !== "" && !self) throw missing(`No artifact was found at ${artifactUri}/${path}`);
    if (self && !self.isFolder) await this.fetchFile(artifactUri, self, target);
    else await this.fetchFolder(artifactUri, path, target);
    return target;
  }

  async close(): Promise<void> {
    for (const http of this.others.values()) await http.close();
  }

  /** What is directly under a path, with paths from the URI on. */
  async list(artifactUri: string, path: string): Promise<FileInfo[]> {
    if (this.isLocal(artifactUri)) return this.local.list(artifactUri, path);
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

  private async fetchFolder(artifactUri: string, path: string, target: string): Promise<void> {
    const files = await this.list(artifactUri, path);
    if (files.length === 0) throw missing(`No artifact was found at ${artifactUri}${path === "" ? "" : `/${path}`}`);
    for (const file of files) {
      const below = join(target, file.path.slice(path === "" ? 0 : path.length + 1));
      if (file.isFolder) await this.fetchFolder(artifactUri, file.path, below);
      else await this.fetchFile(artifactUri, file, below);
    }
  }

  private async fetchFile(artifactUri: string, file: FileInfo, target: string): Promise<void> {
    const there = await stat(target).catch(() => undefined);
    if (there?.isFile() && there.size === file.sizeBytes) return;
    await writeWholeStream(target, await this.read(artifactUri, file.path), { folderMode: 0o777 });
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

  /** True for a folder of this machine. Throws FORBIDDEN where the server, which a request named, may not choose one. */
  private isLocal(artifactUri: string): boolean {
    const isLocal = localFolder(artifactUri, ".") !== undefined;
    if (isLocal && this.connection.publicOnly) {
      throw new LlmopsError("FORBIDDEN", `The server keeps artifacts in ${artifactUri}: it must not name folders of this machine.`, {
        hint: "Whoever runs this server can allow that very URI in tracking.allowed_uris.",
      });
    }
    return isLocal;
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
