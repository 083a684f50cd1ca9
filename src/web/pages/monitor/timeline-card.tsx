import { useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { alertEvents, type AlertEvent, type MonitorStatus } from "../../api/monitors.js";
import { formatDuration, formatTime } from "../../format/times.js";
import { Failure, Loading } from "../../parts/states.js";
import { Severity } from "../../parts/severity.js";
import type { Span } from "./ranges.js";
import { lanesOf, placeIn, type Fire, type Lane } from "./timeline.js";

const AT_FIRST = 8;

/** When alerts fired: a lane for each, and the events in words. */
export function TimelineCard({ runId, status, span }: { runId: string; status: MonitorStatus; span: Span }): ReactElement {
  const { data, error, refetch } = useQuery({ queryKey: ["events", runId], queryFn: ({ signal }) => alertEvents(runId, signal) });
  return (
    <section className="card" aria-labelledby="timeline">
      <h2 id="timeline">Alert timeline</h2>
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : data ? (
        <Timeline events={data} status={status} span={span} />
      ) : (
        <Loading lines={3} />
      )}
    </section>
  );
}

function Timeline({ events, status, span }: { events: readonly AlertEvent[]; status: MonitorStatus; span: Span }): ReactElement {
  const lanes = lanesOf(events, status.alerts);
  const inRange = lanes.filter(({ fires }) => fires.some((fire) => placeIn(span, fire)));
  if (lanes.length === 0) return <p className="soft">No alert has fired yet.</p>;
  return (
    <>
      {inRange.length === 0 ? (
        <p className="soft">No alert fired in this range.</p>
      ) : (
        <div className="lanes">
          {inRange.map((lane) => (
            <LaneRow key={lane.name} lane={lane} span={span} />
          ))}
        </div>
      )}
      <Events events={events} />
    </>
  );
}

function LaneRow({ lane: { name, fires }, span }: { lane: Lane; span: Span }): ReactElement {
  return (
    <div className="lane">
      <span dir="auto" title={name}>
        {name}
      </span>
      <div className="lane-track" role="img" aria-label={`${name}: ${fires.map(describeFire).join("; ")}`}>
        {fires.map((fire, i) => {
          const place = placeIn(span, fire);
          return (
            place && (
              <span
                key={i}
                title={`${describeFire(fire)}: ${fire.evidence}`}
                data-tone={fire.severity === "critical" ? "bad" : fire.severity === "info" ? "info" : "warn"}
                style={{ left: `${place.left}%`, width: `${place.width}%` }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function describeFire({ from, to }: Fire): string {
  return to === null ? `since ${formatTime(from)}` : `${formatTime(from)}, for ${formatDuration(to - from)}`;
}

function Events({ events }: { events: readonly AlertEvent[] }): ReactElement {
  const [most, setMost] = useState(AT_FIRST);
  const newest = [...events].reverse();
  return (
    <>
      <ul className="list event-list">
        {newest.slice(0, most).map((event, i) => (
          <li key={i} className="event-line">
            <time>{formatTime(event.time)}</time>
            <Severity severity={event.severity} isFiring={event.event !== "resolved"} />
            <span dir="auto">
              <strong>{event.name}</strong> {event.event}
              {event.event === "resolved" && ` after ${formatDuration(event.time - event.since)}`}
              {event.evidence !== "" && `: ${event.evidence}`}
            </span>
          </li>
        ))}
      </ul>
      {newest.length > most && (
        <button type="button" className="more" onClick={() => setMost(most + 50)}>
          Show earlier ones ({newest.length - most})
        </button>
      )}
    </>
  );
}
