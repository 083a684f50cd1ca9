import { useMemo, type ReactElement } from "react";
import type { OptimizationDocument } from "../../../api/search-document.js";
import { Empty } from "../../../parts/states.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { NameSelect } from "../name-select.js";
import { Problems } from "../problems.js";
import { BestCard } from "./best-card.js";
import { ProofCard } from "./proof-card.js";
import { SearchCharts } from "./search-charts.js";
import { measuredTrials, type Objective } from "./search-data.js";
import { TrialsTable } from "./trials-table.js";

/** What a search has found: its history, what it believes of each parameter, the trials, and the proof. */
export function SearchView({ document, isRunning }: { document: OptimizationDocument; isRunning: boolean }): ReactElement {
  const [chosen, choose] = useUrlState("objective", "");
  const { objectives, trials, proof } = document;
  const index = Math.max(
    0,
    objectives.findIndex(({ name }) => name === chosen),
  );
  const objective = useMemo((): Objective | undefined => objectives[index] && { ...objectives[index], index }, [objectives, index]);
  const measured = useMemo(() => (objective ? measuredTrials(trials, objective) : []), [trials, objective]);
  if (!objective || measured.length === 0) return <Empty title="No trial has a value yet" />;
  return (
    <>
      {objectives.length > 1 && (
        <div className="tools study-tools">
          <NameSelect label="Objective" names={objectives.map(({ name }) => name)} value={objective.name} choose={choose} />
          {index > 0 && <p className="soft">What is believed of the parameters is known for the first objective.</p>}
        </div>
      )}
      <BestCard document={document} />
      {proof && <ProofCard proof={proof} objectives={objectives} />}
      <SearchCharts {...{ document, measured, objective }} />
      <TrialsTable document={document} />
      {isRunning && <p className="soft">While it runs, what is believed is written again about every ten seconds.</p>}
      <Problems errors={document.errors} checks={document.checks} />
    </>
  );
}
