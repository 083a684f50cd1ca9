import { useMemo, type ReactElement } from "react";
import type { Span, TraceSpans } from "../../api/traces.js";
import { count, formatNumber } from "../../format/numbers.js";
import { formatDuration } from "../../format/times.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { SpanDetails } from "./span-details.js";
import { spanReach, spanTree } from "./span-tree.js";

const LEAST_BAR = 0.4;

/** The steps of a call, each below the one that called it, with when it ran; the chosen one in full. */
export function SpansCard({ found }: { found: TraceSpans }): ReactElement {
  const { spans, total, source } = found;
  const [chosen, choose] = useUrlState("span", "");
  const tree = useMemo(() => spanTree(spans), [spans]);
  const reach = spanReach(spans);
  const shown = spans.find(({ span_id }) => span_id === chosen) ?? tree[0]?.span;
  return (
    <section className="card" aria-label="Spans">
      <div className="card-head">
        <h2>Spans</h2>
        {total > 0 && <span className="count">{formatNumber(total)}</span>}
      </div>
      {source === null || !shown ? (
        <p className="soft">
          Whoever recorded this trace kept no spans: its steps and their times are not known, only what is shown here. Clients of MLflow
          keep spans in the trace&apos;s artifact <code>traces.json</code>.
        </p>
      ) : (
        <>
          {total > spans.length && <p className="soft">The first {count(spans.length, "span")} are shown.</p>}
          <ol className="spans">
            {tree.map(({ span, depth }) => (
              <li key={span.span_id}>
                <Line {...{ span, depth, reach }} isChosen={span === shown} choose={() => choose(span.span_id)} />
              </li>
            ))}
          </ol>
          <SpanDetails key={shown.span_id} span={shown} />
        </>
      )}
    </section>
  );
}

interface LineProps {
  span: Span;
  depth: number;
  reach: number;
  isChosen: boolean;
  choose: () => void;
}

function Line({ span: { name, type, start_ms, duration_ms, status }, depth, reach, isChosen, choose }: LineProps): ReactElement {
  const share = (ms: number) => (reach > 0 ? (100 * ms) / reach : 0);
  const width = Math.max(LEAST_BAR, share(duration_ms ?? reach - start_ms));
  return (
    <button type="button" className="span-line" aria-pressed={isChosen} onClick={choose}>
      <span className="span-name" style={{ paddingInlineStart: `${Math.min(depth, 12) * 14}px` }}>
        <span dir="auto">{name === "" ? "unnamed" : name}</span>
        {type !== null && <small dir="auto">{type.slice(0, 30)}</small>}
        {status === "ERROR" && <small className="bad">error</small>}
      </span>
      <span className="span-time">{duration_ms === null ? "not ended" : formatDuration(duration_ms)}</span>
      <span className="span-bar" aria-hidden="true">
        <span
          data-status={status}
          data-open={duration_ms === null}
          style={{ insetInlineStart: `${Math.min(share(start_ms), 100 - LEAST_BAR)}%`, width: `${width}%` }}
        />
      </span>
    </button>
  );
}
