import type { ReactElement } from "react";
import { Link } from "wouter";
import type { FiringAlert } from "../../api/documents.js";
import { formatNumber } from "../../format/numbers.js";
import { formatAgo, formatTime } from "../../format/times.js";
import { Severity } from "../../parts/severity.js";

const SHOWN = 6;

/** What fires now, by what monitors and canaries last recorded. */
export function FiringAlerts({ alerts }: { alerts: readonly FiringAlert[] }): ReactElement {
  return (
    <section className="card firing" aria-labelledby="firing">
      <h2 id="firing">Firing alerts</h2>
      <ul className="list">
        {alerts.slice(0, SHOWN).map((alert) => (
          <AlertItem key={`${alert.run_id} ${alert.name}`} alert={alert} />
        ))}
      </ul>
      {alerts.length > SHOWN && (
        <Link className="card-more" href="/monitor">
          {formatNumber(alerts.length - SHOWN)} more
        </Link>
      )}
    </section>
  );
}

function AlertItem({ alert }: { alert: FiringAlert }): ReactElement {
  const { source, name, severity, summary, evidence, target, since, seen, silent, run_id } = alert;
  return (
    <li>
      <div className="item-line">
        <Severity severity={severity} isFiring />
        <Link href={source === "canary" ? `/monitor?tab=canary&round=${run_id}` : `/monitor?run=${run_id}`} dir="auto">
          {name}
        </Link>
        <span className="item-end">
          since <time title={formatTime(since)}>{formatAgo(since)}</time>
        </span>
      </div>
      <p className="item-note">
        <span dir="auto">{target}</span>
        <span dir="auto">
          {summary}
          {evidence !== "" && `: ${evidence}`}
        </span>
        {silent && name !== "MonitorSilent" && <span className="chip">as of {formatAgo(seen)}: the monitor is silent</span>}
      </p>
    </li>
  );
}
