import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { useMemo, type ReactElement, type ReactNode } from "react";
import type { RunRow } from "../../api/documents.js";
import { compareRuns, type RunComparison } from "../../api/evidence.js";
import { CurvesOfRuns } from "../../charts/curves-of-runs.js";
import { count } from "../../format/numbers.js";
import { MissingRuns } from "../../parts/missing-runs.js";
import { usePlace } from "../../parts/place.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { ComparisonTable } from "./comparison-table.js";
import { Verdicts } from "./verdicts.js";

interface Props {
  runs: readonly RunRow[];
  missing: readonly string[];
  title?: string;
  /** Stands in the line of the title. */
  actions?: ReactNode;
  /** Stands below the title. */
  children?: ReactNode;
}

/** The runs that were found, beside each other. */
export function Comparison({ runs, missing, title = `Compare ${count(runs.length, "run")}`, actions, children }: Props): ReactElement {
  const { isFile } = usePlace();
  const [base, setBase] = useUrlState("base", "");
  const [score, setScore] = useUrlState("score", "");
  const baseline = runs.find(({ run_id }) => run_id === base) ?? runs[0];
  const ids = useMemo(() => runs.map(({ run_id }) => run_id), [runs]);
  const comparison = useVerdicts(ids, baseline?.run_id ?? "", score);
  return (
    <div className="page compare">
      <div className="title-line">
        <h1 dir="auto">{title}</h1>
        {actions}
      </div>
      {children}
      <MissingRuns ids={missing} />
      {runs.length > 1 && baseline && (
        <Verdicts {...{ runs, baseline, comparison }} chooseBaseline={isFile ? undefined : setBase} chooseScore={setScore} />
      )}
      <ComparisonTable runs={runs} baseline={baseline?.run_id ?? ""} directions={comparison.data?.directions ?? {}} />
      <div className="panels">
        <CurvesOfRuns runs={runs} />
      </div>
    </div>
  );
}

function useVerdicts(ids: readonly string[], baseline: string, score: string): UseQueryResult<RunComparison> {
  const asked = { baseline, score: score === "" ? undefined : score };
  return useQuery({
    queryKey: ["runs", "verdicts", ids, asked],
    queryFn: ({ signal }) => compareRuns(ids, asked, signal),
    placeholderData: keepPreviousData,
    enabled: ids.length > 1,
    meta: { runs: ids },
  });
}
