import { useMemo, useState, type ReactElement } from "react";
import type { RunsReport } from "../../lib/base/pages/report-data.js";
import type { RunRow, RunsQuery } from "../api/documents.js";
import { count } from "../format/numbers.js";
import { formatTime } from "../format/times.js";
import { Cards } from "../pages/charts/all-cards.js";
import { defaultColumns, differs, orderTerm, parseColumn } from "../pages/runs/columns.js";
import { RunsTable } from "../pages/runs/runs-table.js";
import { useSelection } from "../pages/runs/use-selection.js";
import { readView, type RunsView } from "../pages/runs/view-state.js";
import { Fact } from "../parts/fact.js";
import { columnsOf } from "./recorded-runs.js";

interface Facts {
  experiment_id: string;
  uri: string;
  created: number;
}

/** The runs of an experiment: their table, and charts of them. */
export function RunsReportView({ title, view }: { title: string; view: RunsReport }): ReactElement {
  const { experiment_id, uri, created } = view.facts as Facts;
  const runs = view.runs as readonly RunRow[];
  const known = useMemo(() => columnsOf(runs), [runs]);
  return (
    <div className="page">
      <header className="run-head">
        <h1 dir="auto">{title}</h1>
        <dl className="facts">
          <Fact name="Experiment">
            {experiment_id} of {uri}
          </Fact>
          <Fact name="Created">{formatTime(created)}</Fact>
          <Fact name="Runs">{view.isWhole ? count(runs.length, "run") : `the newest ${count(runs.length, "run")}`}</Fact>
        </dl>
      </header>
      <Table known={known} />
      <Cards runs={runs} known={known} query={ALL} />
    </div>
  );
}

const ALL: RunsQuery = { experiment_ids: [] };
const NOBODY = () => undefined;

function Table({ known }: { known: ReturnType<typeof columnsOf> }): ReactElement {
  const [view, setView] = useState<RunsView>(() => ({ ...readView(new URLSearchParams()), isTree: false }));
  const selection = useSelection();
  const columns = useMemo(() => {
    const ids =
      view.columns ??
      defaultColumns({ ...known, params: known.params.filter((param) => differs({ kind: "param", key: param.key }, known)) });
    return ids.map(parseColumn).filter((column) => column !== undefined);
  }, [known, view.columns]);
  const query = useMemo((): RunsQuery => {
    const column = parseColumn(view.sort);
    return { ...ALL, order_by: column ? [orderTerm(column, view.isDescending)] : [] };
  }, [view.sort, view.isDescending]);
  const change = (part: Partial<RunsView>) => setView((before) => ({ ...before, ...part }));
  return (
    <section className="card report-runs" aria-label="Runs">
      <RunsTable {...{ query, columns, view, change, selection }} grouping={undefined} onTotal={NOBODY} />
    </section>
  );
}
