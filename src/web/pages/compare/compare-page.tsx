import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { Link } from "wouter";
import { queryRuns } from "../../api/runs.js";
import { CopyButton } from "../../parts/copy-button.js";
import { Icon } from "../../parts/icon.js";
import { PageButton } from "../../parts/page-link.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { Comparison } from "./comparison.js";
import { runIdsFilter } from "./run-ids.js";

/** No more are compared at once. */
const MOST = 100;

/** Runs beside each other: what differs, what was measured, and what can be told of the differences. */
export function ComparePage(): ReactElement {
  useTitle("Compare");
  const [text] = useUrlState("runs", "");
  const ids = useMemo(() => [...new Set(text.split(",").filter((id) => id !== ""))].slice(0, MOST), [text]);
  const filter = runIdsFilter(ids);
  const { data, error, refetch } = useQuery({
    queryKey: ["runs", "compared", filter],
    queryFn: ({ signal }) => queryRuns({ experiment_ids: [], filter, run_view_type: "ALL" }, 0, MOST, signal),
    enabled: filter !== "",
    meta: { runs: ids },
  });
  if (ids.length < 2 || filter === "") {
    return (
      <Empty title="Choose runs to compare">
        <p>
          Select 2 to {MOST} runs in a <Link href="/experiments/all">table of runs</Link>, then Compare.
        </p>
      </Empty>
    );
  }
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  if (!data) return <Loading lines={12} label="Loading the runs" />;
  const byId = new Map(data.runs.map((run) => [run.run_id, run]));
  const runs = ids.map((id) => byId.get(id)).filter((run) => run !== undefined);
  const actions = (
    <div className="title-actions">
      <PageButton href={`/answers?runs=${runs.map(({ run_id }) => run_id).join(",")}`}>
        <Icon name="columns" /> Answers
      </PageButton>
      <CopyButton name="Copy link" text={() => window.location.href} done="The link is copied." />
    </div>
  );
  return <Comparison runs={runs} missing={ids.filter((id) => !byId.has(id))} actions={actions} />;
}
