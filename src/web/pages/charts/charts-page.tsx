import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import type { RunsQuery, RunsWindow, RunValues } from "../../api/documents.js";
import { experimentIdsOf, queryValues } from "../../api/runs.js";
import { useColumns } from "../../live/use-columns.js";
import { count, partOf } from "../../format/numbers.js";
import { Failure, Loading } from "../../parts/states.js";
import { useDebounced } from "../../parts/use-debounced.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { useNamedExperiments } from "../experiments/use-experiments.js";
import { Tabs } from "../runs/runs-head.js";
import { SearchBox } from "../runs/search-box.js";
import { readSearch } from "../runs/search-text.js";
import { Cards, DRAWN_MS } from "./all-cards.js";

const TYPING_MS = 150;
/** So many runs are drawn at most; the page says how many were found. */
const MOST_DRAWN = 1000;

interface Scope {
  experiment_ids: string[];
  filter?: string;
  words?: string;
}

/** Charts of an experiment's runs. */
export function ChartsPage({ experimentId }: { experimentId: string }): ReactElement {
  const [search, setSearch] = useUrlState("q", "");
  const { name } = useNamedExperiments(experimentId);
  useTitle(`${name} · Charts`);
  const typed = useDebounced(search, TYPING_MS);
  const scope = useMemo(
    (): Scope => ({ experiment_ids: experimentIdsOf(experimentId), ...nonEmpty(readSearch(typed)) }),
    [experimentId, typed],
  );
  const query = useMemo((): RunsQuery => ({ ...scope, order_by: ["attributes.start_time DESC"] }), [scope]);
  const { data, error, refetch } = useQuery({
    queryKey: ["charts", query],
    queryFn: ({ signal }) => queryValues(query, MOST_DRAWN, signal),
    meta: { experiments: scope.experiment_ids, everyMs: DRAWN_MS },
    placeholderData: keepPreviousData,
  });
  const { data: known } = useColumns(scope);
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
      {data && known ? (
        <Cards runs={data.runs} {...{ known, query }} />
      ) : error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : (
        <Loading lines={10} />
      )}
    </div>
  );
}

function nonEmpty(search: ReturnType<typeof readSearch>): { filter?: string; words?: string } {
  if (search === undefined || ("words" in search && search.words === "")) return {};
  return search;
}

function drawnText({ total, runs }: RunsWindow<RunValues>): string {
  return runs.length < total ? `the latest ${partOf(runs.length, total, "run")}` : count(total, "run");
}
