import type { ReactElement } from "react";
import type { MonitorStatus, WatchedServer } from "../../api/monitors.js";
import { formatNumber } from "../../format/numbers.js";
import { formatAgo, formatDuration, formatTime } from "../../format/times.js";
import { formatIn } from "../../format/units.js";
import { Fact } from "../../parts/fact.js";
import { PageLink } from "../../parts/page-link.js";
import { Empty } from "../../parts/states.js";
import { AlertsCard } from "./alerts-card.js";
import { healthOf } from "./health.js";
import { IndicatorsCard } from "./indicators-card.js";
import { ObjectivesCard } from "./objectives-card.js";
import { GLANCE } from "./panels.js";
import { ServerPanels } from "./server-panels.js";

/** A watched server: how it is, what it is held against, how it was, and what fired. */
export function ServerView({ server, now }: { server: WatchedServer; now: number }): ReactElement {
  const { document } = server;
  return (
    <>
      <ServerHead server={server} now={now} />
      {document ? (
        <>
          <Glance status={document} />
          <div className="columns">
            <AlertsCard server={server} status={document} now={now} />
            <div className="column">
              <ObjectivesCard objectives={document.slos} />
              <IndicatorsCard indicators={document.kpis} />
            </div>
          </div>
          <ServerPanels server={server} status={document} />
          <LastErrors errors={document.errors} />
        </>
      ) : (
        <Empty title="Nothing was recorded yet">
          <p>The page fills itself once the monitor has polled the server.</p>
        </Empty>
      )}
    </>
  );
}

function ServerHead({ server, now }: { server: WatchedServer; now: number }): ReactElement {
  const { document, target, run_id, seen } = server;
  const { word, tone } = healthOf(server);
  return (
    <header className="run-head">
      <div className="title-line">
        <h2 className="server-name" dir="auto">
          {target}
        </h2>
        <span className="health" data-health={tone}>
          {word}
        </span>
        <PageLink className="card-link" href={`/runs/${run_id}`}>
          Run
        </PageLink>
      </div>
      <p className="soft">{describeWatch(server, now)}</p>
      {document && (
        <dl className="facts">
          <Fact name="Kind">{document.dialect ?? "no metrics"}</Fact>
          <Fact name="Last poll">{formatTime(document.time)}</Fact>
          <Fact name="Polls">{formatNumber(document.polls)}</Fact>
          <Fact name="Watched since">{formatTime(document.watching_since)}</Fact>
          {seen !== null && server.state === "stopped" && <Fact name="Stopped">{formatTime(seen)}</Fact>}
        </dl>
      )}
    </header>
  );
}

/** Whether what is shown is of now, in a sentence. */
function describeWatch({ state, seen, document }: WatchedServer, now: number): string {
  const every = document?.interval_ms ? formatDuration(document.interval_ms) : "";
  if (seen === null)
    return state === "silent" ? "The monitor is marked as running, and has recorded nothing." : "The monitor has not polled yet.";
  if (state === "stopped") return `The monitor stopped ${formatAgo(seen, now)}. What follows is how the server was then.`;
  if (state === "reported") return `This is how the server was when it was last polled, at ${formatTime(seen)}.`;
  if (state === "polled") return `Polled once, ${formatAgo(seen, now)}.`;
  if (state === "silent")
    return `The monitor polled every ${every}, and has recorded nothing since ${formatTime(seen)}: it was killed, or cannot reach this store.`;
  return `Polled ${formatAgo(seen, now)}${every === "" ? "" : `, every ${every}`}.`;
}

function Glance({ status: { measures } }: { status: MonitorStatus }): ReactElement | null {
  const known = GLANCE.filter(({ measure }) => measures[measure] !== undefined);
  if (known.length === 0) return null;
  return (
    <dl className="glance">
      {known.map(({ measure, name, unit }) => (
        <div key={measure}>
          <dt>{name}</dt>
          <dd>{formatIn(unit, measures[measure])}</dd>
        </div>
      ))}
    </dl>
  );
}

function LastErrors({ errors }: Pick<MonitorStatus, "errors">): ReactElement | null {
  if (errors.length === 0) return null;
  return (
    <section className="card" aria-labelledby="errors">
      <h2 id="errors">Last errors of polls</h2>
      <ul className="list">
        {grouped(errors).map(({ text, times, last }) => (
          <li key={text} className="event-line">
            <time>{formatTime(last)}</time>
            {times > 1 && <span className="chip">{times} times</span>}
            <span dir="auto">{text}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Errors with the same text as one, the latest first. */
function grouped(errors: MonitorStatus["errors"]): { text: string; times: number; last: number }[] {
  const found = new Map<string, { text: string; times: number; last: number }>();
  for (const { text, time } of errors) {
    const { times = 0 } = found.get(text) ?? {};
    found.set(text, { text, times: times + 1, last: time });
  }
  return [...found.values()].sort((a, b) => b.last - a.last);
}
