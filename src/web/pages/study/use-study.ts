import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import { ApiError, get, OWN } from "../../api/client.js";
import type { RunRow } from "../../api/documents.js";
import { getRun, MOST_RUNS, queryRuns, type Run } from "../../api/runs.js";
import { whileOlder } from "../../live/use-columns.js";
import type { StudyDocument } from "../../api/study-document.js";

/** A study writes its document every ten seconds or less often; its runs, which say more at once, are followed by events. */
const DOCUMENT_PAUSE_MS = 5000;
/** Settings that are followed one by one while a study runs. */
const MOST_CHILDREN = 2000;

/** What is known of a study. */
export interface Study {
  run: Run;
  tags: ReadonlyMap<string, string>;
  /** Null where the study has not written one yet. */
  document: StudyDocument | null;
  /** Runs of its settings, while they are newer than the document. */
  children: RunRow[];
}

interface StudyQuery {
  study: Study | undefined;
  error: Error | null;
  retry: () => void;
}

/** A study by the id of its run, followed while it runs. */
export function useStudy(runId: string): StudyQuery {
  const { data: run, error, refetch } = useQuery({ queryKey: ["run", runId], queryFn: ({ signal }) => getRun(runId, signal) });
  const isRunning = run?.info.status === "RUNNING";
  const documentQuery = useDocument(run);
  const document = documentQuery.data;
  const isShort = document?.kind === "bench"; // its few levels are named by their runs
  const children = useChildren(run, document !== undefined && (isRunning || document === null || isShort));
  const tags = useMemo(() => new Map((run?.data.tags ?? []).map(({ key, value }) => [key, value])), [run]);
  return {
    study: run && document !== undefined ? { run, tags, document, children } : undefined,
    error: error ?? documentQuery.error,
    retry: () => void Promise.all([refetch(), documentQuery.refetch()]),
  };
}

function useDocument(run: Run | undefined): UseQueryResult<StudyDocument | null> {
  const { run_id = "", status } = run?.info ?? {};
  return useQuery({
    // with another status what was read before may not be the last word
    queryKey: ["study", run_id, status],
    queryFn: ({ signal }) => getDocument(run_id, signal),
    enabled: run !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => (status === "RUNNING" || data?.status === "running" ? DOCUMENT_PAUSE_MS : false),
  });
}

const NONE: RunRow[] = [];

interface Children {
  /** Whether all of them are as the store has them. */
  is_current: boolean;
  runs: RunRow[];
}

function useChildren(run: Run | undefined, isWanted: boolean): RunRow[] {
  const { run_id = "", experiment_id = "" } = run?.info ?? {};
  const { data } = useQuery({
    queryKey: ["runs", "study", run_id],
    queryFn: ({ signal }) => getChildren(run_id, experiment_id, signal),
    enabled: run !== undefined && isWanted,
    refetchInterval: whileOlder,
  });
  return (isWanted ? data?.runs : undefined) ?? NONE;
}

async function getDocument(runId: string, signal: AbortSignal): Promise<StudyDocument | null> {
  const document = await get<StudyDocument>(`${OWN}/artifacts/content`, { run_id: runId, path: "study.json" }, signal).catch(
    (error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    },
  );
  return document?.schema === "llmops.study/1" ? document : null;
}

async function getChildren(runId: string, experimentId: string, signal: AbortSignal): Promise<Children> {
  const query = { experiment_ids: [experimentId], parent: runId, order_by: ["attributes.start_time ASC", "attributes.run_name ASC"] };
  const children: Children = { is_current: true, runs: [] };
  for (let offset = 0; offset < MOST_CHILDREN; offset += MOST_RUNS) {
    const { runs, total, is_current } = await queryRuns(query, offset, MOST_RUNS, signal);
    children.runs.push(...runs);
    children.is_current &&= is_current;
    if (children.runs.length >= total) break;
  }
  return children;
}
