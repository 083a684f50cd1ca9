import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { RunColumns, RunsQuery, RunValues } from "../../api/documents.js";
import { queryRuns } from "../../api/runs.js";
import { CurvesOfRuns } from "../../charts/curves-of-runs.js";
import { Empty } from "../../parts/states.js";
import { WhenSeen } from "../../parts/when-seen.js";
import { BarsCard, ParallelCard, ScatterCard } from "./chart-cards.js";
import { BoxCard, MapCard } from "./group-cards.js";

/** Thousands of lines are not drawn again with every value that somebody logs. */
export const DRAWN_MS = 5000;
/** Curves are drawn of so many runs at most. */
const MOST_CURVES = 100;
/** About the height of a chart that was not drawn yet. */
const UNSEEN = 420;

interface CardsProps {
  runs: readonly RunValues[];
  known: RunColumns;
  query: RunsQuery;
}

/** All charts of the runs of a query. */
export function Cards({ runs, known, query }: CardsProps): ReactElement {
  if (runs.length === 0) return <Empty title="No runs found" />;
  if (known.metrics.length === 0) return <Empty title="These runs have no metrics to draw" />;
  return (
    <div className="panels">
      <ParallelCard runs={runs} known={known} />
      <WhenSeen height={UNSEEN}>
        <ScatterCard runs={runs} known={known} />
      </WhenSeen>
      <WhenSeen height={UNSEEN}>
        <BarsCard runs={runs} known={known} />
      </WhenSeen>
      <WhenSeen height={UNSEEN}>
        <BoxCard runs={runs} known={known} />
      </WhenSeen>
      <WhenSeen height={UNSEEN}>
        <MapCard runs={runs} known={known} />
      </WhenSeen>
      <LatestCurves query={query} />
    </div>
  );
}

/** Curves of the first runs of a query. */
function LatestCurves({ query }: { query: RunsQuery }): ReactElement | null {
  const { data } = useQuery({
    queryKey: ["charts", "curves", query],
    queryFn: ({ signal }) => queryRuns(query, 0, MOST_CURVES, signal),
    meta: { experiments: query.experiment_ids, everyMs: DRAWN_MS },
    placeholderData: keepPreviousData,
  });
  return data ? <CurvesOfRuns runs={data.runs} /> : null;
}
