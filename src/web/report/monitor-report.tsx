import type { ReactElement } from "react";
import type { MonitorReport } from "../../lib/base/pages/report-data.js";
import type { WatchedServer } from "../api/monitors.js";
import { ServerPanels } from "../pages/monitor/server-panels.js";
import { ServerView } from "../pages/monitor/server-view.js";
import { Empty } from "../parts/states.js";

/** A watched server, as it was when it was last seen; of one that other programs watched, its metrics. */
export function MonitorReportView({ title, view }: { title: string; view: MonitorReport }): ReactElement {
  const server = view.server as WatchedServer;
  const { document, seen } = server;
  return (
    <div className="page monitor-page">
      <h1 dir="auto">{title}</h1>
      {!document ? (
        <Empty title="Nothing was recorded" />
      ) : view.isWhole ? (
        <ServerView server={server} now={seen ?? document.time} />
      ) : (
        <ServerPanels server={server} status={document} />
      )}
    </div>
  );
}
