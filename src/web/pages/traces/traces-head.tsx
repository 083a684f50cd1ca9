import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, type ReactElement } from "react";
import { Link } from "wouter";
import { listExperiments } from "../../api/store.js";
import type { TracesWindow } from "../../api/traces.js";
import { count, formatNumber } from "../../format/numbers.js";
import { TRACE_STATES } from "../../parts/trace-state.js";
import { useSearchParams } from "../../parts/use-search-params.js";
import { ORDERS, type TracesView } from "./trace-search.js";

const USUAL: TracesView = { experiment: "all", run: "", state: "", search: "", sort: "" };
const NAMES = { experiment: "experiment", run: "run", state: "state", search: "q", sort: "sort" } as const;

/** The view that the address has, and a function that changes parts of it, from the first page on. */
export function useTracesView(): [TracesView, (part: Partial<TracesView>) => void] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => {
    const read = (key: keyof TracesView) => [key, params.get(NAMES[key]) ?? USUAL[key]] as const;
    return Object.fromEntries((Object.keys(NAMES) as (keyof TracesView)[]).map(read)) as unknown as TracesView;
  }, [params]);
  const change = useCallback(
    (part: Partial<TracesView>) => {
      const next = new URLSearchParams(window.location.search);
      next.delete("page");
      for (const [key, value] of Object.entries(part) as [keyof TracesView, string][]) {
        if (value === USUAL[key]) next.delete(NAMES[key]);
        else next.set(NAMES[key], value);
      }
      setParams(next);
    },
    [setParams],
  );
  return [view, change];
}

interface Props {
  view: TracesView;
  change: (part: Partial<TracesView>) => void;
  found: TracesWindow | undefined;
}

/** How many traces there are, and which are shown. */
export function TracesHead({ view, change, found }: Props): ReactElement {
  const experiments = useQuery({ queryKey: ["experiments"], queryFn: ({ signal }) => listExperiments(signal) }).data ?? [];
  return (
    <header className="run-head">
      <div className="title-line">
        <h1>Traces</h1>
        {found && <span className="total">{count(found.total, "trace")}</span>}
        {view.run !== "" && (
          <span className="chip">
            <Link href={`/runs/${view.run}`}>of the run {view.run.slice(0, 8)}</Link>
            <button type="button" className="link" aria-label="Traces of all runs" onClick={() => change({ run: "" })}>
              ×
            </button>
          </span>
        )}
      </div>
      <div className="tools">
        <input
          type="search"
          className="trace-search"
          aria-label="Search traces: words, or a filter"
          placeholder="Words, or execution_time > 500"
          spellCheck={false}
          value={view.search}
          onChange={(event) => change({ search: event.target.value })}
        />
        <label>
          Experiment
          <select value={view.experiment} onChange={(event) => change({ experiment: event.target.value })}>
            <option value="all">all</option>
            {experiments.map(({ experiment_id, name }) => (
              <option key={experiment_id} value={experiment_id}>
                {name.slice(0, 80)}
              </option>
            ))}
          </select>
        </label>
        <label>
          State
          <select value={view.state} onChange={(event) => change({ state: event.target.value })}>
            <option value="">any</option>
            {TRACE_STATES.map(([state, name]) => (
              <option key={state} value={state}>
                {name}
                {found?.states[state] === undefined ? "" : ` (${formatNumber(found.states[state])})`}
              </option>
            ))}
          </select>
        </label>
        <label>
          Order
          <select value={view.sort} onChange={(event) => change({ sort: event.target.value })}>
            {Object.entries(ORDERS).map(([key, { name }]) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
    </header>
  );
}
