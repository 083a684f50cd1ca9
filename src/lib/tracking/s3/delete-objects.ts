import type { ObjectIdentifier, S3Client } from "@aws-sdk/client-s3";
import { MlflowError } from "../mlflow-error.js";
import type { S3Place } from "./s3-client.js";

/** Deletes the object at a place, and all below it. */
export async function deleteBelow(client: S3Client, place: S3Place): Promise<void> {
  const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: place.bucket, Prefix: `${place.key}/` })) {
    await deleteAll(
      client,
      place,
      Contents.map(({ Key }) => ({ Key })),
    );
  }
  await deleteOne(client, place, place.key);
}

async function deleteAll(client: S3Client, place: S3Place, objects: readonly ObjectIdentifier[]): Promise<void> {
  if (objects.length === 0) return;
  // Google's interface deletes one at a time
  if (place.isGoogle) return void (await Promise.all(objects.map(({ Key = "" }) => deleteOne(client, place, Key))));
  const { DeleteObjectsCommand } = await import("@aws-sdk/client-s3");
  const answer = await client.send(new DeleteObjectsCommand({ Bucket: place.bucket, Delete: { Objects: [...objects], Quiet: true } }));
  const [failed, ...others] = answer.Errors ?? [];
  if (!failed) return;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  throw new MlflowError("PERMISSION_DENIED", `${place.bucketUri}/${failed.Key} was not deleted: ${failed.Code} ${failed.Message}${more}.`, {
    hint: "The credentials need the right to delete objects there.",
  });
}

async function deleteOne(client: S3Client, { bucket }: S3Place, key: string): Promise<void> {
  const { DeleteObjectCommand } = await import("@aws-sdk/client-s3");
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
}
