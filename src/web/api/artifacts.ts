import { get, MLFLOW, OWN, queryText } from "./client.js";
import type { ArtifactTable } from "./documents.js";

export interface ArtifactEntry {
  /** From the run's root. */
  path: string;
  is_dir: boolean;
  /** In bytes; folders have none. */
  file_size?: number;
}

/** The files and folders in a folder of a run; of its root without one. Throws ApiError. */
export async function listArtifacts(runId: string, path: string, signal?: AbortSignal): Promise<ArtifactEntry[]> {
  const query = { run_id: runId, path: path === "" ? undefined : path };
  return (await get<{ files?: ArtifactEntry[] }>(`${MLFLOW}/artifacts/list`, query, signal)).files ?? [];
}

/** The address under which a browser shows a file, in a sandbox. */
export function contentUrl(runId: string, path: string): string {
  return `${OWN}/artifacts/content${queryText({ run_id: runId, path })}`;
}

/** The address under which a browser saves a file. */
export function downloadUrl(runId: string, path: string): string {
  return `/get-artifact${queryText({ run_uuid: runId, path })}`;
}

/** Which rows of a table are asked for, in which order. */
export interface TableOrder {
  /** A column; with - before it from the greatest down. */
  sort?: string | undefined;
  /** Rows that have this text in a cell. */
  filter?: string | undefined;
}

/** A part of the rows of the table in a file; a file that is not a table is refused with status 400. Throws ApiError. */
export async function artifactTable(
  runId: string,
  path: string,
  query: TableOrder & { offset: number; limit: number },
  signal?: AbortSignal,
): Promise<ArtifactTable> {
  return get<ArtifactTable>(`${OWN}/artifacts/table`, { run_id: runId, path, ...query }, signal);
}
