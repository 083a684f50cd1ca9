import type { ReactElement } from "react";
import type { ActiveAlert, MonitorStatus, WatchedServer } from "../../api/monitors.js";
import { count } from "../../format/numbers.js";
import { formatDuration, formatTime, formatWindow } from "../../format/times.js";
import { Severity } from "../../parts/severity.js";

interface Props {
  server: WatchedServer;
  status: MonitorStatus;
  now: number;
}

/** What fires, and what waits to; of a server that nobody watches, what did when it was last seen. */
export function AlertsCard({ server: { state }, status: { alerts, rules, time }, now }: Props): ReactElement {
  const isLive = state === "watching";
  const firing = alerts.filter((alert) => alert.state === "firing").length;
  return (
    <section className="card" aria-labelledby="alerts">
      <h2 id="alerts">{isLive ? "Alerts" : "Alerts at the last poll"}</h2>
      <p className="soft">
        {firing === 0 ? "None" : firing} of {count(rules.length, "rule")} {firing > 1 ? "fire" : "fires"}.
      </p>
      <ul className="list">
        {worstFirst(alerts).map((alert) => (
          <AlertItem key={alert.name} alert={alert} until={isLive ? now : time} />
        ))}
      </ul>
      {rules.length > 0 && <Rules rules={rules} />}
    </section>
  );
}

function worstFirst(alerts: readonly ActiveAlert[]): ActiveAlert[] {
  const rank = ({ state, severity }: ActiveAlert) => (state === "firing" ? 0 : 2) + (severity === "critical" ? 0 : 1);
  return [...alerts].sort((a, b) => rank(a) - rank(b) || a.since - b.since);
}

function AlertItem({
  alert: { name, severity, summary, state, since, evidence },
  until,
}: {
  alert: ActiveAlert;
  until: number;
}): ReactElement {
  return (
    <li>
      <div className="item-line">
        <Severity severity={severity} isFiring={state === "firing"} />
        <strong dir="auto">{name}</strong>
        <span className="item-end">
          {state === "firing" ? "for" : "pending for"} <time title={formatTime(since)}>{formatDuration(until - since)}</time>
        </span>
      </div>
      <p className="item-note" dir="auto">
        {summary}
        {evidence !== "" && `: ${evidence}`}
      </p>
    </li>
  );
}

function Rules({ rules }: Pick<MonitorStatus, "rules">): ReactElement {
  return (
    <details className="rules">
      <summary>All rules</summary>
      <ul className="list">
        {rules.map(({ name, severity, summary, for_ms }, i) => (
          <li key={i}>
            <div className="item-line">
              <span dir="auto">{name}</span>
              <span className="item-end">
                {severity}
                {for_ms > 0 && `, after ${formatWindow(for_ms)}`}
              </span>
            </div>
            <p className="item-note" dir="auto">
              {summary}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
