import type { z } from "zod";
import { MlflowError } from "../../../lib/tracking/mlflow-error.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";

/** Far beyond what a monitor writes. */
const MOST_BYTES = 2 * 1024 * 1024;

/** A JSON artifact of a run; undefined where there is none, or where it is not such a document: anybody may write a file of that name. */
export async function readDocument<T>(
  store: TrackingBackend,
  runId: string,
  { path, schema }: { path: string; schema: z.ZodType<T> },
): Promise<T | undefined> {
  const content = await readSmall(store, runId, path);
  if (content === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

async function readSmall(store: TrackingBackend, runId: string, path: string): Promise<string | undefined> {
  try {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const part of await store.readArtifact(runId, path)) {
      parts.push(part as Buffer);
      bytes += (part as Buffer).length;
      if (bytes > MOST_BYTES) return undefined;
    }
    return Buffer.concat(parts).toString("utf8");
  } catch (error) {
    if (error instanceof MlflowError && error.errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
    throw error;
  }
}
