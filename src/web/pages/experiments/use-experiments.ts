import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { listExperiments, type Experiment } from "../../api/store.js";

/** What is shown of experiments and their runs. */
export const TOUCHED: readonly string[] = ["experiments", "overview", "runs", "groups", "columns", "charts", "run"];

/** The experiments that are active, or those that are archived, kept up to date. */
export function useExperiments(stage: "active" | "archived", enabled = true): UseQueryResult<Experiment[]> {
  return useQuery({
    queryKey: stage === "active" ? ["experiments"] : ["experiments", stage],
    queryFn: ({ signal }) => listExperiments(signal, stage === "active" ? "ACTIVE_ONLY" : "DELETED_ONLY"),
    enabled,
  });
}

/** What the experiments of an address are called, and whether all that it names is archived. */
export function useNamedExperiments(address: string): { name: string; isArchived: boolean } {
  const { data: active } = useExperiments("active");
  const isAll = address === "all";
  const ids = isAll ? [] : address.split(",");
  const named = (among: readonly Experiment[] | undefined, id: string) => among?.find(({ experiment_id }) => experiment_id === id)?.name;
  const isAway = active !== undefined && ids.some((id) => named(active, id) === undefined);
  const { data: archived } = useExperiments("archived", isAway);
  const names = ids.map((id) => named(active, id) ?? named(archived, id) ?? `Experiment ${id}`);
  const isArchived = !isAll && ids.every((id) => named(archived, id) !== undefined && named(active, id) === undefined);
  return { name: isAll ? "All experiments" : names.join(", "), isArchived };
}
