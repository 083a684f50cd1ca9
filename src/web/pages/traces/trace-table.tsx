import type { ReactElement } from "react";
import { Link } from "wouter";
import type { TraceRow } from "../../api/traces.js";
import { formatAgo, formatDuration, formatTime } from "../../format/times.js";
import { TraceStatus } from "../../parts/trace-state.js";
import { showValue } from "./assessment-value.js";

const SHOWN_ASSESSMENTS = 4;
/** As many characters of a preview are drawn as two lines of any screen may need. */
const PREVIEW = 400;

/** Traces as lines: what was asked and answered, how it ended, and what is said of it. */
export function TraceTable({ traces, isStale }: { traces: readonly TraceRow[]; isStale: boolean }): ReactElement {
  return (
    <div className="card scroll-x trace-table" tabIndex={0} role="region" aria-label="Traces" data-stale={isStale}>
      <table className="plain texts">
        <thead>
          <tr>
            {["Request", "Response", "State", "Duration", "Assessments", "Time"].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {traces.map((trace) => (
            <Line key={trace.trace_id} trace={trace} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ trace }: { trace: TraceRow }): ReactElement {
  const { trace_id, name, state, request_time, duration_ms, request, response, run_ids } = trace;
  return (
    <tr>
      <td className="trace-text">
        <Link href={tracePath(trace_id)} className="clamp" dir="auto">
          {preview(request) ?? name ?? trace_id}
        </Link>
        <small className="item-note">
          {name !== null && <span dir="auto">{name.slice(0, 80)}</span>}
          {run_ids.slice(0, 2).map((run) => (
            <Link key={run} href={`/runs/${run}`}>
              run {run.slice(0, 8)}
            </Link>
          ))}
        </small>
      </td>
      <td className="trace-text">
        <span className="clamp" dir="auto">
          {preview(response) ?? <i className="soft">none</i>}
        </span>
      </td>
      <td>
        <TraceStatus state={state} />
      </td>
      <td>{formatDuration(duration_ms)}</td>
      <td>
        <Assessments of={trace} />
      </td>
      <td>
        <time title={formatTime(request_time)}>{formatAgo(request_time)}</time>
      </td>
    </tr>
  );
}

function Assessments({ of: { assessments } }: { of: TraceRow }): ReactElement {
  const more = assessments.length - SHOWN_ASSESSMENTS;
  return (
    <span className="trace-said">
      {assessments.slice(0, SHOWN_ASSESSMENTS).map(({ name, value, error, kind }, i) => (
        <span key={i} className={value === true ? "chip chip-good" : value === false ? "chip chip-bad" : "chip"} dir="auto">
          {kind === "expectation" ? "expected " : ""}
          {name.slice(0, 40)}: {error === null || error === undefined ? showValue(value).slice(0, 30) : "error"}
        </span>
      ))}
      {more > 0 && <span className="soft">{more} more</span>}
    </span>
  );
}

function preview(text: string | null): string | null {
  return text === null || text === "" ? null : text.slice(0, PREVIEW);
}

/** Where the page of a trace is. */
export function tracePath(traceId: string): string {
  return `/traces/${encodeURIComponent(traceId)}`;
}
