import type { ReactElement } from "react";
import type { WatchedServer } from "../../api/monitors.js";
import { count } from "../../format/numbers.js";
import { formatAgo } from "../../format/times.js";
import { healthOf } from "./health.js";

interface Props {
  servers: readonly WatchedServer[];
  shown: WatchedServer;
  show: (runId: string) => void;
  now: number;
}

/** The watched servers side by side, to choose the one that is shown. */
export function ServerList({ servers, shown, show, now }: Props): ReactElement {
  return (
    <ul className="server-list" aria-label="Watched servers">
      {servers.map((server) => (
        <li key={server.run_id}>
          <button type="button" aria-pressed={server === shown} onClick={() => show(server.run_id)}>
            <span className="health" data-health={healthOf(server).tone}>
              {healthOf(server).word}
            </span>
            <strong dir="auto">{server.target}</strong>
            <small>{about(server, now)}</small>
          </button>
        </li>
      ))}
    </ul>
  );
}

function about({ document, state, seen }: WatchedServer, now: number): string {
  const firing = (document?.alerts ?? []).filter((alert) => alert.state === "firing").length;
  const when = seen === null ? "no poll yet" : `${state === "stopped" ? "stopped" : "polled"} ${formatAgo(seen, now)}`;
  return firing > 0 && state !== "stopped" ? `${when} · ${count(firing, "alert")} firing` : when;
}
