import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { canaryRounds, listMonitors, type WatchedServer } from "../../api/monitors.js";
import { count } from "../../format/numbers.js";
import { Command } from "../../parts/command.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { CanaryView } from "./canary-view.js";
import { ServerList } from "./server-list.js";
import { ServerView } from "./server-view.js";
import { useClock } from "./use-clock.js";

const TABS = { servers: "Servers", canary: "Canary" } as const;
type Tab = keyof typeof TABS;

/** Servers that are watched: how they are now, how they were, what fired; and whether models still answer as they did. */
export function MonitorPage(): ReactElement {
  useTitle("Monitor");
  const [tab, setTab] = useUrlState("tab", "servers");
  const shown: Tab = tab === "canary" ? "canary" : "servers";
  const now = useClock();
  const monitors = useQuery({ queryKey: ["monitors"], queryFn: ({ signal }) => listMonitors(signal), refetchInterval: 15_000 });
  const canaries = useQuery({ queryKey: ["canaries"], queryFn: ({ signal }) => canaryRounds(signal) });
  const query = shown === "canary" ? canaries : monitors;
  return (
    <div className="page monitor-page">
      <div className="title-line">
        <h1>Monitor</h1>
        {monitors.data && <span className="total">{summarize(monitors.data)}</span>}
      </div>
      <div className="tab-list" role="tablist" aria-label="What is watched">
        {(Object.keys(TABS) as Tab[]).map((name) => (
          <button key={name} type="button" role="tab" aria-selected={name === shown} aria-controls="watched" onClick={() => setTab(name)}>
            {TABS[name]}
          </button>
        ))}
      </div>
      <div id="watched" className="monitor-tab" role="tabpanel" aria-label={TABS[shown]}>
        {query.error ? (
          <Failure error={query.error} retry={() => void query.refetch()} />
        ) : !query.data ? (
          <Loading lines={10} />
        ) : shown === "canary" ? (
          <CanaryView rounds={canaries.data ?? []} />
        ) : (
          <Servers servers={monitors.data ?? []} now={now} />
        )}
      </div>
    </div>
  );
}

function Servers({ servers, now }: { servers: readonly WatchedServer[]; now: number }): ReactElement {
  const [chosen, choose] = useUrlState("run", "");
  const [first] = servers;
  if (!first) {
    return (
      <Empty title="No server is watched yet">
        <p>Start a monitor that records into this store; its numbers appear here at its first poll.</p>
        <Command label="Watch a server" line="llmops monitor http://127.0.0.1:8080 --interval 30s --kpis default" />
      </Empty>
    );
  }
  const server = servers.find(({ run_id }) => run_id === chosen) ?? first;
  return (
    <>
      {servers.length > 1 && <ServerList servers={servers} shown={server} show={choose} now={now} />}
      <ServerView key={server.run_id} server={server} now={now} />
    </>
  );
}

function summarize(servers: readonly WatchedServer[]): string {
  const watched = servers.filter(({ state }) => state === "watching").length;
  const firing = servers.filter(({ state }) => state !== "stopped").flatMap(({ document }) => document?.alerts ?? []);
  const alerts = firing.filter(({ state }) => state === "firing").length;
  return `${count(watched, "server")} watched${alerts > 0 ? `, ${count(alerts, "alert")} firing` : ""}`;
}
