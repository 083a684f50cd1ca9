import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import type { RunColumns, RunRow } from "../../api/documents.js";
import { experimentIdsOf, MOST_RUNS, queryRuns, runColumns } from "../../api/runs.js";
import { listExperiments } from "../../api/store.js";
import { CurvesOfRuns } from "../../charts/curves-of-runs.js";
import { count } from "../../format/numbers.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useDebounced } from "../../parts/use-debounced.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { Tabs } from "../runs/runs-head.js";
import { SearchBox } from "../runs/search-box.js";
import { readSearch } from "../runs/search-text.js";
import { BarsCard, ParallelCard, ScatterCard } from "./chart-cards.js";

/** So many runs are drawn at most; the page says how many were found. */
const MOST_DRAWN = 2000;
const TYPING_MS = 150;

interface Drawn {
  total: number;
  runs: RunRow[];
  known: RunColumns;
}

/** Charts of an experiment's runs. */
export function ChartsPage({ experimentId }: { experimentId: string }): ReactElement {
  const [search, setSearch] = useUrlState("q", "");
  const { data: experiments = [] } = useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => listExperiments(signal) });
  const name =
    experiments.find(({ experiment_id }) => experiment_id === experimentId)?.name ?? (experimentId === "all" ? "All experiments" : "");
  useTitle(`${name} · Charts`);
  const typed = useDebounced(search, TYPING_MS);
  const scope = useMemo(() => ({ experiment_ids: experimentIdsOf(experimentId), ...nonEmpty(readSearch(typed)) }), [experimentId, typed]);
  const { data, error, refetch } = useQuery({
    queryKey: ["runs", "charts", scope],
    queryFn: ({ signal }) => fetchDrawn(scope, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page">
      <div className="title-line">
        <h1 dir="auto">{name}</h1>
        <span className="total" role="status">
          {data && drawnText(data)}
        </span>
        <Tabs experimentId={experimentId} here="charts" />
      </div>
      <div className="tools">
        <SearchBox experimentId={experimentId} value={search} onChange={setSearch} error={error?.message} />
      </div>
      {data ? <Cards {...data} /> : error ? <Failure error={error} retry={() => void refetch()} /> : <Loading lines={10} />}
    </div>
  );
}

function Cards({ runs, known }: Drawn): ReactElement {
  if (runs.length === 0) return <Empty title="No runs found" />;
  if (known.metrics.length === 0) return <Empty title="These runs have no metrics to draw" />;
  return (
    <div className="panels">
      <ParallelCard runs={runs} known={known} />
      <ScatterCard runs={runs} known={known} />
      <BarsCard runs={runs} known={known} />
      <CurvesOfRuns runs={runs} />
    </div>
  );
}

function nonEmpty(search: ReturnType<typeof readSearch>): { filter?: string; words?: string } {
  if (search === undefined || ("words" in search && search.words === "")) return {};
  return search;
}

function drawnText({ total, runs }: Drawn): string {
  return runs.length < total ? `the latest ${runs.length.toLocaleString("en-US")} of ${count(total, "run")}` : count(total, "run");
}

async function fetchDrawn(scope: { experiment_ids: string[]; filter?: string; words?: string }, signal: AbortSignal): Promise<Drawn> {
  const query = { ...scope, order_by: ["attributes.start_time DESC"] };
  const [known, first] = await Promise.all([runColumns(scope, signal), queryRuns(query, 0, MOST_RUNS, signal)]);
  const offsets = [];
  for (let offset = MOST_RUNS; offset < Math.min(first.total, MOST_DRAWN); offset += MOST_RUNS) offsets.push(offset);
  const more = await Promise.all(offsets.map((offset) => queryRuns(query, offset, MOST_RUNS, signal)));
  return { total: first.total, runs: [first, ...more].flatMap(({ runs }) => runs), known };
}
