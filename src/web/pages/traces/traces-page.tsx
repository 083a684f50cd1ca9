import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo, type ReactElement } from "react";
import { Button } from "react-aria-components";
import { queryTraces, type TracesWindow } from "../../api/traces.js";
import { formatNumber } from "../../format/numbers.js";
import { Icon } from "../../parts/icon.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useDebounced } from "../../parts/use-debounced.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { TraceTable } from "./trace-table.js";
import { tracesQuery } from "./trace-search.js";
import { TracesHead, useTracesView } from "./traces-head.js";

const PAGE = 50;
const TYPING_MS = 150;

/** The traced calls of the store, of an experiment, or of a run, a page at a time. */
export function TracesPage(): ReactElement {
  useTitle("Traces");
  const [view, change] = useTracesView();
  const [place, setPlace] = useUrlState("page", "1");
  const page = Math.max(1, Math.floor(Number(place)) || 1);
  const typed = useDebounced(JSON.stringify(tracesQuery(view)), TYPING_MS);
  const query = useMemo(() => JSON.parse(typed) as ReturnType<typeof tracesQuery>, [typed]);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: ["traces", query, page],
    queryFn: ({ signal }) => queryTraces(query, (page - 1) * PAGE, PAGE, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="page traces-page">
      <TracesHead {...{ view, change }} found={data} />
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Loading lines={10} label="Loading traces" />
      ) : data.total === 0 ? (
        <Nothing isAll={query.filter === undefined && query.words === undefined && query.run_id === undefined} />
      ) : (
        <>
          <TraceTable traces={data.traces} isStale={isPlaceholderData} />
          <Pages {...{ page, data }} go={(next) => setPlace(String(next))} />
        </>
      )}
    </div>
  );
}

function Nothing({ isAll }: { isAll: boolean }): ReactElement {
  if (!isAll) return <Empty title="No trace is left by this search" />;
  return (
    <Empty title="No traces yet">
      <p>
        <code>llmops judge</code> records a trace of each graded answer, a rating on the page of answers one of that answer, and{" "}
        <code>mlflow.trace</code> in Python one of each call.
      </p>
    </Empty>
  );
}

function Pages({ page, data, go }: { page: number; data: TracesWindow; go: (page: number) => void }): ReactElement | null {
  const pages = Math.ceil(data.total / PAGE);
  if (pages < 2 && page === 1) return null;
  const first = data.offset + 1;
  return (
    <nav className="tools pages" aria-label="Pages of the list">
      <Button isDisabled={page <= 1} onPress={() => go(Math.min(page - 1, pages))}>
        <Icon name="left" /> Previous
      </Button>
      <span role="status">
        {data.traces.length === 0 ? "nothing" : `${formatNumber(first)}–${formatNumber(data.offset + data.traces.length)}`} of{" "}
        {formatNumber(data.total)}
      </span>
      <Button isDisabled={page >= pages} onPress={() => go(page + 1)}>
        Next <Icon name="right" />
      </Button>
    </nav>
  );
}
