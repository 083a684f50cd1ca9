import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { Link } from "wouter";
import type { RunRow } from "../../api/documents.js";
import { queryRuns } from "../../api/runs.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { runIdsFilter } from "../compare/run-ids.js";
import { AnswerMatrix } from "./answer-matrix.js";
import { AnswersActions } from "./answers-actions.js";
import { RatingBar } from "./rating-bar.js";
import { sortedSettings } from "./sorted-settings.js";

const MOST = 100;
const ACTING = { Actions: AnswersActions, Rating: RatingBar };

/** What runs answered, row by row: those that the address names, or the settings of the study that it names. */
export function AnswersPage(): ReactElement {
  useTitle("Answers");
  const [one] = useUrlState("run", "");
  const [several] = useUrlState("runs", "");
  const ids = useMemo(() => [...new Set((several === "" ? one : several).split(",").filter((id) => id !== ""))], [one, several]);
  const named = useQuery({
    queryKey: ["runs", "answered", ids],
    queryFn: ({ signal }) => answeredRuns(ids, signal),
    enabled: ids.length > 0,
  });
  if (ids.length === 0) {
    return (
      <Empty title="Choose runs whose answers to read">
        <p>
          Select runs in a <Link href="/experiments/all">table of runs</Link>, or open a study and choose Answers.
        </p>
      </Empty>
    );
  }
  if (named.error) return <Failure error={named.error} retry={() => void named.refetch()} />;
  if (!named.data) return <Loading lines={12} label="Loading the runs" />;
  if (named.data.runs.length === 0) return <Empty title="These runs were not found in the store" />;
  const missing = named.data.missing;
  return <AnswerMatrix key={named.data.runs.map(({ run_id }) => run_id).join()} runs={named.data.runs} missing={missing} acting={ACTING} />;
}

/** The runs of the ids in that order, and the ids that no run has; of a study alone, its settings. */
async function answeredRuns(ids: readonly string[], signal: AbortSignal): Promise<{ runs: RunRow[]; missing: string[] }> {
  const filter = runIdsFilter(ids);
  if (filter === "") return { runs: [], missing: [...ids] };
  const { runs } = await queryRuns({ experiment_ids: [], filter, run_view_type: "ALL" }, 0, MOST, signal);
  const [only] = runs;
  if (only && runs.length === 1 && only.children > 0) {
    const settings = await queryRuns({ experiment_ids: [], parent: only.run_id, order_by: ["attributes.start_time ASC"] }, 0, MOST, signal);
    return { runs: sortedSettings(settings.runs), missing: ids.filter((id) => id !== only.run_id) };
  }
  const byId = new Map(runs.map((run) => [run.run_id, run]));
  return { runs: ids.map((id) => byId.get(id)).filter((run) => run !== undefined), missing: ids.filter((id) => !byId.has(id)) };
}
