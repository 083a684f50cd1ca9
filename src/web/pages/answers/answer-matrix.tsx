import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { queryAnswers } from "../../api/answers.js";
import type { RunRow } from "../../api/documents.js";
import { formatNumber, partOf } from "../../format/numbers.js";
import { PageLink } from "../../parts/page-link.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useDebounced } from "../../parts/use-debounced.js";
import type { Acting } from "./acting.js";
import { AnswersHead } from "./answers-head.js";
import { queryOf, ratingScale, useAnswersView } from "./answers-view.js";
import { MissingRuns } from "../../parts/missing-runs.js";
import { RowLine } from "./row-line.js";
import { useAnswerRows, WINDOW } from "./use-answer-rows.js";

const TYPING_MS = 150;
const ROW_PX = 190;

interface Props {
  runs: readonly RunRow[];
  missing: readonly string[];
  acting?: Acting;
}

/** Rows by settings: all answers, of which those in view are fetched and drawn. */
export function AnswerMatrix({ runs, missing, acting }: Props): ReactElement {
  const [view, change] = useAnswersView();
  const ids = useMemo(() => runs.map(({ run_id }) => run_id), [runs]);
  const typed = useDebounced(queryOf(ids, view), TYPING_MS);
  const asked = JSON.stringify(typed);
  const query = useMemo(() => typed, [asked]);
  const first = useQuery({
    queryKey: ["answers", query, 0],
    queryFn: ({ signal }) => queryAnswers(query, 0, WINDOW, signal),
    placeholderData: keepPreviousData,
  });
  const { data } = first;
  return (
    <div className="answers-page">
      <AnswersHead {...{ runs, view, change }} Actions={acting?.Actions} known={data} />
      <MissingRuns ids={missing} />
      {first.error ? (
        <Failure error={first.error} retry={() => void first.refetch()} />
      ) : !data ? (
        <Loading lines={12} label="Loading answers" />
      ) : data.total === 0 ? (
        <Empty title="These runs recorded no answers">
          <p>Sweeps, evaluations, judgments, and mlflow.evaluate record them as eval_results_table.json when a run ends.</p>
        </Empty>
      ) : data.matching === 0 ? (
        <Empty title="No row is left by these filters" />
      ) : (
        <Rows key={asked} {...{ runs, view, query, data, acting }} isStale={first.isPlaceholderData} />
      )}
    </div>
  );
}

interface RowsProps {
  runs: readonly RunRow[];
  view: ReturnType<typeof useAnswersView>[0];
  query: ReturnType<typeof queryOf>;
  data: Awaited<ReturnType<typeof queryAnswers>>;
  isStale: boolean;
  acting: Acting | undefined;
}

function Rows({ runs, view, query, data, isStale, acting }: RowsProps): ReactElement {
  const frame = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const virtualizer = useVirtualizer({
    ...{ count: data.matching, getScrollElement: () => frame.current, estimateSize: () => ROW_PX, overscan: 4 },
  });
  const items = virtualizer.getVirtualItems();
  const rowAt = useAnswerRows(query, [items[0]?.index ?? 0, items.at(-1)?.index ?? 0], data.matching);
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (/^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(data.matching - 1, active + step));
    setActive(next);
    virtualizer.scrollToIndex(next, { align: "start" });
    frame.current?.focus({ preventScroll: true });
  };
  const means = new Map(data.runs.map((run) => [run.run_id, run]));
  return (
    <div
      className="answers-frame"
      ref={frame}
      tabIndex={0}
      role="region"
      aria-label="Answers: j and k go from row to row"
      data-stale={isStale}
      onKeyDown={onKeyDown}
    >
      <div className="answers-table" style={{ ["--runs" as string]: runs.length }}>
        <div className="answers-line answers-names">
          <div>{partOf(data.matching, data.total, "row")}</div>
          {runs.map(({ run_id, run_name }) => {
            const mean = means.get(run_id)?.mean ?? null;
            return (
              <div key={run_id}>
                <PageLink href={`/runs/${run_id}`} dir="auto" title={run_name}>
                  {run_name === "" ? run_id : run_name}
                </PageLink>
                <small>
                  {means.get(run_id)?.has_table === false ? "no answers yet" : mean === null ? "" : `${data.score} ${formatNumber(mean)}`}
                </small>
              </div>
            );
          })}
        </div>
        <div className="answers-rows" style={{ height: virtualizer.getTotalSize() }}>
          {items.map(({ index, start, key }) => (
            <div key={key} ref={virtualizer.measureElement} data-index={index} style={{ transform: `translateY(${start}px)` }}>
              <RowLine
                {...{ runs, view }}
                Rating={acting?.Rating}
                row={rowAt(index)}
                score={data.score}
                scale={ratingScale(view, data.scales)}
                isActive={index === active}
                place={index + 1}
              />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
