import type { TrackingStore } from "../../tracking/tracking-store.js";
import type { RunSource } from "./run-source.js";

/** Copies all files below an artifact URI. Returns how many. */
export async function copyFiles(
  source: Pick<RunSource, "files" | "readFile">,
  from: string,
  { target, artifactUri }: { target: TrackingStore; artifactUri: string },
): Promise<number> {
  const paths = await source.files(from);
  for (const path of paths) await target.artifacts.write(artifactUri, path, await source.readFile(from, path));
  return paths.length;
}
