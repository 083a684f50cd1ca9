import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { Link } from "wouter";
import type { RunRow } from "../../api/documents.js";
import { compareRuns } from "../../api/evidence.js";
import { CurvesOfRuns } from "../../charts/curves-of-runs.js";
import { count } from "../../format/numbers.js";
import { CopyButton } from "../../parts/copy-button.js";
import { Icon } from "../../parts/icon.js";
import { MissingRuns } from "../../parts/missing-runs.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { ComparisonTable } from "./comparison-table.js";
import { Verdicts } from "./verdicts.js";

/** The runs that were found, beside each other. */
export function Comparison({ runs, missing }: { runs: readonly RunRow[]; missing: readonly string[] }): ReactElement {
  const [base, setBase] = useUrlState("base", "");
  const [score, setScore] = useUrlState("score", "");
  const baseline = runs.find(({ run_id }) => run_id === base) ?? runs[0];
  const ids = useMemo(() => runs.map(({ run_id }) => run_id), [runs]);
  const asked = { baseline: baseline?.run_id ?? "", score: score === "" ? undefined : score };
  const comparison = useQuery({
    queryKey: ["runs", "verdicts", ids, asked],
    queryFn: ({ signal }) => compareRuns(ids, asked, signal),
    placeholderData: keepPreviousData,
    enabled: runs.length > 1,
    meta: { runs: ids },
  });
  return (
    <div className="page compare">
      <div className="title-line">
        <h1>Compare {count(runs.length, "run")}</h1>
        <div className="title-actions">
          <Link className="button-link" href={`/answers?runs=${ids.join(",")}`}>
            <Icon name="columns" /> Answers
          </Link>
          <CopyButton name="Copy link" text={() => window.location.href} done="The link is copied." />
        </div>
      </div>
      <MissingRuns ids={missing} />
      {runs.length > 1 && baseline && <Verdicts {...{ runs, baseline, comparison }} chooseBaseline={setBase} chooseScore={setScore} />}
      <ComparisonTable runs={runs} baseline={baseline?.run_id ?? ""} directions={comparison.data?.directions ?? {}} />
      <div className="panels">
        <CurvesOfRuns runs={runs} />
      </div>
    </div>
  );
}
