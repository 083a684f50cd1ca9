import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { getRun, queryRuns } from "../../api/runs.js";
import { queryTraces } from "../../api/traces.js";
import { formatNumber } from "../../format/numbers.js";
import { Failure, Loading } from "../../parts/states.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { Artifacts } from "./artifacts.js";
import { Children } from "./children.js";
import { RunCurves } from "./run-curves.js";
import { RunHead } from "./run-head.js";
import { RunOverview } from "./run-overview.js";

const TABS = { overview: "Overview", curves: "Curves", children: "Children", artifacts: "Artifacts" } as const;
type Tab = keyof typeof TABS;

/** Everything about one run. */
export function RunPage({ runId }: { runId: string }): ReactElement {
  const { data: run, error, refetch } = useQuery({ queryKey: ["run", runId], queryFn: ({ signal }) => getRun(runId, signal) });
  const row = useRow(runId);
  const traces = useTraces(runId);
  const [tab, setTab] = useUrlState("tab", "overview");
  useTitle(run?.info.run_name ?? "Run");
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!run) return <Loading lines={10} label="Loading the run" />;
  const isShown = (name: Tab) => name !== "children" || (row?.children ?? 0) > 0;
  return (
    <div className="page">
      <RunHead {...{ run, row, traces }} />
      <div className="tab-list" role="tablist" aria-label="About the run">
        {(Object.keys(TABS) as Tab[]).filter(isShown).map((name) => (
          <button key={name} type="button" role="tab" aria-selected={tab === name} aria-controls="tab" onClick={() => setTab(name)}>
            {TABS[name]}
            {name === "children" && <span className="count">{formatNumber(row?.children ?? 0)}</span>}
          </button>
        ))}
      </div>
      <div id="tab" role="tabpanel" aria-label={TABS[tab as Tab] ?? "Overview"}>
        {tab === "curves" ? (
          <RunCurves run={run} row={row} />
        ) : tab === "children" ? (
          <Children run={run} />
        ) : tab === "artifacts" ? (
          <Artifacts runId={runId} />
        ) : (
          <RunOverview run={run} row={row} />
        )}
      </div>
    </div>
  );
}

/** How many traces the run made or is linked to. */
function useTraces(runId: string): number {
  const { data } = useQuery({
    queryKey: ["traces", "of run", runId],
    queryFn: ({ signal }) => queryTraces({ experiment_ids: [], run_id: runId }, 0, 1, signal),
  });
  return data?.total ?? 0;
}

/** The run as lists have it: with the least and greatest values of its metrics, and the number of its children. */
function useRow(runId: string) {
  const query = { experiment_ids: [], filter: `attributes.run_id = '${runId.replaceAll("'", "")}'`, run_view_type: "ALL" as const };
  const { data } = useQuery({
    queryKey: ["run", runId, "row"],
    queryFn: ({ signal }) => queryRuns(query, 0, 1, signal),
  });
  return data?.runs[0];
}
