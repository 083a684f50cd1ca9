import type { S3Client } from "@aws-sdk/client-s3";
import type { FileInfo } from "../records.js";
import type { S3Place } from "./s3-client.js";

/** What is directly under a folder, by name, however many pages it takes; paths begin with the one that was asked for. */
export async function listFolder(client: S3Client, place: S3Place): Promise<FileInfo[]> {
  const { paginateListObjectsV2 } = await import("@aws-sdk/client-s3");
  const prefix = place.key === "" ? "" : `${place.key}/`;
  const query = { Bucket: place.bucket, Prefix: prefix, Delimiter: "/", EncodingType: "url" } as const;
  const found: FileInfo[] = [];
  for await (const page of paginateListObjectsV2({ client }, query)) {
    const nameOf = (key: string | undefined) => (page.EncodingType === "url" ? decode(key ?? "") : (key ?? "")).slice(prefix.length);
    const names = (page.Contents ?? []).map(({ Key, Size = 0 }) => ({ name: nameOf(Key), isFolder: false, sizeBytes: Size }));
    const folders = (page.CommonPrefixes ?? []).map(({ Prefix }) => ({ name: nameOf(Prefix).slice(0, -1), isFolder: true, sizeBytes: 0 }));
    // the folder itself may be an object, and names may be empty, as in a//b
    for (const { name, ...file } of [...names, ...folders]) if (name !== "") found.push({ path: pathOf(place, name), ...file });
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function pathOf({ path }: S3Place, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** As forms encode: names with control characters have no other way through XML. */
function decode(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}
