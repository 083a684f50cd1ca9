import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import send from "@fastify/send";
import type { S3Settings } from "../../base/config/s3-settings.js";
import { invalid } from "../mlflow-error.js";
import type { ArtifactContent } from "../tracking-store.js";
import type { S3Place } from "./s3-client.js";

/** Parts of an upload that are in memory at once, with the one that is being read. */
const AT_ONCE = 2;

/** Writes an object whole or not at all: parts of one that breaks off are removed. A part that fails is sent again. */
export async function upload(
  client: S3Client,
  { bucket, key, path }: S3Place,
  content: ArtifactContent,
  { uploadArguments, partBytes }: Pick<S3Settings, "uploadArguments" | "partBytes">,
): Promise<void> {
  const { Upload } = await import("@aws-sdk/lib-storage");
  const source = content instanceof Readable ? watched(content) : { body: content, failure: () => undefined };
  const type = send.mime.getType(key) ?? "application/octet-stream";
  const params = { ContentType: type, ...uploadArguments, Bucket: bucket, Key: key, Body: source.body };
  try {
    await new Upload({ client, params, partSize: partBytes, queueSize: AT_ONCE }).done();
  } catch (thrown) {
    if (thrown === source.failure()) throw invalid(`The upload of '${path}' ended early; nothing was written.`);
    throw thrown;
  }
}

/** The bytes of a stream, and what it failed with, if it did: that is not a failure of the store. */
function watched(content: Readable): { body: Readable; failure: () => unknown } {
  let failure: unknown;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of content as AsyncIterable<Uint8Array | string>) yield typeof piece === "string" ? Buffer.from(piece) : piece;
    } catch (thrown) {
      failure = thrown;
      throw thrown;
    }
  }
  return { body: Readable.from(pieces(), { objectMode: false }), failure: () => failure };
}
