import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import type { RunColumns, RunsQuery } from "../api/documents.js";
import { runColumns } from "../api/runs.js";

const OLDER_MS = 2000;

/** What the runs of a scope have, kept up to date; what the scope before had until then. */
export function useColumns(scope: Pick<RunsQuery, "experiment_ids" | "filter" | "words">): UseQueryResult<RunColumns> {
  return useQuery({
    queryKey: ["columns", scope],
    queryFn: ({ signal }) => runColumns(scope, signal),
    meta: { experiments: scope.experiment_ids },
    placeholderData: keepPreviousData,
    refetchInterval: whileOlder,
  });
}

/** Asks again after a while for what the server had no time yet to bring up to date. */
export function whileOlder({ state }: { state: { data: { is_current: boolean } | undefined } }): number | false {
  return state.data?.is_current === false ? OLDER_MS : false;
}
