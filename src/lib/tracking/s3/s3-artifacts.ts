import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { checkArtifactPath } from "../artifact-path.js";
import type { ArtifactFiles, ByteRange, FileFacts } from "../artifact-store.js";
import { unreachableLocation } from "../artifact-uri.js";
import { downloadTo } from "../download-files.js";
import { invalid } from "../mlflow-error.js";
import type { FileInfo } from "../records.js";
import type { ArtifactContent } from "../tracking-store.js";
import { deleteBelow } from "./delete-objects.js";
import { listFolder } from "./list-objects.js";
import { resumedRead } from "./resumed-read.js";
import { makeClient, type S3Connection, type S3Place } from "./s3-client.js";
import { isPassingFailure, noBucket, s3Error } from "./s3-errors.js";
import { upload } from "./upload.js";

const LONGEST_KEY_BYTES = 1024;

/** Artifacts in buckets of S3, of stores that speak its protocol, and of Google through the same: s3:// and gs://. */
export class S3Artifacts implements ArtifactFiles {
  private readonly connection: S3Connection;
  private readonly roots: readonly string[];
  private readonly clients = new Map<boolean, Promise<S3Client>>();

  /** `roots` hold the files of many runs: none of them is deleted as a whole. */
  constructor(connection: S3Connection, roots: readonly string[] = []) {
    this.connection = connection;
    this.roots = roots;
  }

  async list(artifactUri: string, path: string): Promise<FileInfo[]> {
    return this.at(artifactUri, path, (client, place) => listFolder(client, place));
  }

  async describe(artifactUri: string, path: string): Promise<FileFacts> {
    return this.at(artifactUri, named(path), async (client, place) => {
      const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
      const head = await client.send(new HeadObjectCommand({ Bucket: place.bucket, Key: place.key })).catch(async (error: unknown) => {
        await findWhy(client, place, statusOf(error));
        throw error;
      });
      return { sizeBytes: head.ContentLength ?? 0, version: head.ETag ?? "", modifiedMs: head.LastModified?.getTime() ?? 0 };
    });
  }

  async read(artifactUri: string, path: string, part: { range?: ByteRange; facts?: FileFacts } = {}): Promise<Readable> {
    const { sizeBytes, version } = part.facts ?? (await this.describe(artifactUri, path));
    if (sizeBytes === 0) return Readable.from("");
    const open = ({ first, last }: ByteRange) =>
      this.at(artifactUri, named(path), async (client, { bucket, key }) => {
        const { GetObjectCommand } = await import("@aws-sdk/client-s3");
        const condition = version === "" ? {} : { IfMatch: version };
        const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=${first}-${last}`, ...condition }));
        return answer.Body as Readable;
      });
    const { maxRetries } = this.connection;
    const toError = (thrown: unknown) => s3Error(thrown, this.place(artifactUri, path));
    return resumedRead(part.range ?? { first: 0, last: sizeBytes - 1 }, open, {
      retries: maxRetries,
      isPassing: isPassingFailure,
      toError,
    });
  }

  async write(artifactUri: string, path: string, content: ArtifactContent): Promise<void> {
    try {
      await this.at(artifactUri, named(path), (client, place) => upload(client, place, content, this.connection.s3));
    } finally {
      if (content instanceof Readable) content.destroy();
    }
  }

  async fetch(artifactUri: string, path: string, folder: string): Promise<string> {
    const { key, bucket } = this.place(artifactUri, path);
    return downloadTo(this, { uri: artifactUri, path }, [folder, bucket, ...key.split("/")]);
  }

  async delete(artifactUri: string, path: string): Promise<void> {
    const { uri, key } = this.place(artifactUri, path);
    if (key === "" || this.roots.some((root) => root === uri || root.startsWith(`${uri}/`)))
      throw invalid("Invalid path: the folder of all artifacts cannot be deleted.");
    await this.at(artifactUri, path, (client, place) => deleteBelow(client, place));
  }

  private async at<T>(artifactUri: string, path: string, work: (client: S3Client, place: S3Place) => Promise<T>): Promise<T> {
    const place = this.place(artifactUri, path);
    try {
      return await work(await this.client(place.isGoogle), place);
    } catch (thrown) {
      throw s3Error(thrown, place);
    }
  }

  private client(isGoogle: boolean): Promise<S3Client> {
    const made = this.clients.get(isGoogle) ?? makeClient(this.connection, isGoogle);
    this.clients.set(isGoogle, made);
    return made;
  }

  private place(artifactUri: string, path: string): S3Place {
    const [, scheme = "", bucket = "", folder = ""] = /^(s3|gs):\/\/([^/]+)\/*(.*)$/i.exec(artifactUri) ?? [];
    if (bucket === "") throw unreachableLocation(artifactUri, "Write it as s3://BUCKET/FOLDER or gs://BUCKET/FOLDER.");
    checkArtifactPath(folder);
    checkArtifactPath(path);
    const key = [...namesIn(folder), ...namesIn(path)].join("/");
    if (Buffer.byteLength(key) > LONGEST_KEY_BYTES)
      throw invalid(`Invalid path: '${path.slice(0, 40)}...' is too long; names in buckets have at most ${LONGEST_KEY_BYTES} bytes.`);
    const { s3 } = this.connection;
    const bucketUri = `${scheme.toLowerCase()}://${bucket}`;
    const isGoogle = scheme.toLowerCase() === "gs";
    const endpoint = isGoogle ? s3.googleUrl : (s3.endpointUrl ?? "AWS");
    return { isGoogle, bucket, key, path, bucketUri, uri: key === "" ? bucketUri : `${bucketUri}/${key}`, endpoint };
  }
}

function namesIn(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function named(path: string): string {
  if (namesIn(path).length === 0) throw invalid("Invalid path: the artifact has no name.");
  return path;
}

/** The status of the answer that the SDK throws, if there was one. */
function statusOf(thrown: unknown): number | undefined {
  return (thrown as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

/** An answer without a body says no more than its status: throws what the store says of the bucket, or of the file, in one with a body. */
async function findWhy(client: S3Client, place: S3Place, status: number | undefined): Promise<void> {
  if (status === undefined || status >= 500) return;
  const { GetObjectCommand, HeadBucketCommand } = await import("@aws-sdk/client-s3");
  if (status !== 404) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: place.bucket, Key: place.key, Range: "bytes=0-0" }));
    (Body as Readable | undefined)?.destroy();
    return;
  }
  await client.send(new HeadBucketCommand({ Bucket: place.bucket })).catch((error: unknown) => {
    if (statusOf(error) === 404) throw noBucket(place);
  });
}
