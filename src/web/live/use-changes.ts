import { useQueryClient, type Query, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { OWN } from "../api/client.js";
import type { StoreChange } from "../api/documents.js";
import { Touched } from "./touched.js";

/** Lists are asked for again at most this often: a study writes many times a second. */
const LIST_PAUSE_MS = 1000;

/** What is read from the runs of monitors and canaries. */
const MONITORS = ["monitors", "series", "events", "canaries"];

/** Whether the server says what changes: unknown until the stream is open, or broken off. */
export type LiveState = "connecting" | "live" | "away";

/** Listens to the server's changes as long as the application is open, and has what they touch asked for again. */
export function useChanges(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>("connecting");
  useEffect(() => {
    const lists = pacedRefresh(client);
    const events = new EventSource(`${OWN}/events`, { withCredentials: true });
    let wasAway = false;
    events.onopen = () => {
      setState("live");
      if (wasAway) void client.invalidateQueries();
      wasAway = false;
    };
    events.onerror = () => {
      wasAway = true;
      setState("away");
    };
    events.addEventListener("change", ({ data }: MessageEvent<string>) => {
      refresh(client, JSON.parse(data) as StoreChange, lists);
    });
    return () => {
      events.close();
      lists.stop();
    };
  }, [client]);
  return state;
}

interface PacedRefresh {
  ask: (keys: readonly string[], change: StoreChange) => void;
  stop: () => void;
}

/** Asks for lists that a change concerns again now, or once the pause since the last time is over. */
function pacedRefresh(client: QueryClient): PacedRefresh {
  const waiting = new Map<string, Touched>();
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const schedule = () => {
    timer ??= setTimeout(flush, Math.max(0, last + LIST_PAUSE_MS - Date.now()));
  };
  const flush = () => {
    timer = undefined;
    last = Date.now();
    for (const [key, touched] of waiting) if (!askAgain(client, key, touched)) waiting.delete(key);
    if (waiting.size > 0) schedule();
  };
  const ask = (keys: readonly string[], change: StoreChange) => {
    for (const key of keys) {
      const touched = waiting.get(key) ?? new Touched();
      touched.add(change);
      waiting.set(key, touched);
    }
    schedule();
  };
  return { ask, stop: () => clearTimeout(timer) };
}

/** Asks again for what was not asked for just now; says whether some of it has to wait. */
function askAgain(client: QueryClient, key: string, touched: Touched): boolean {
  let isLeft = false;
  const predicate = (query: Query) => {
    if (!touched.concerns(query.meta)) return false;
    const isEarly = Date.now() - query.state.dataUpdatedAt < (query.meta?.everyMs ?? 0);
    isLeft ||= isEarly && query.isActive();
    return !isEarly;
  };
  void client.invalidateQueries({ queryKey: [key], predicate }, { cancelRefetch: false });
  return isLeft;
}

/** Queries about runs. */
const OF_RUNS = ["runs", "groups", "columns", "charts", "overview", "history", "artifacts", "answers", ...MONITORS];

function refresh(client: QueryClient, change: StoreChange, lists: PacedRefresh): void {
  if (change.all === true || change.more === true) {
    lists.ask([...OF_RUNS, "run", "experiments", "models", "traces", "trace"], change);
    return;
  }
  for (const { run_id } of change.runs ?? []) void client.invalidateQueries({ queryKey: ["run", run_id] });
  if ((change.runs ?? []).length > 0) lists.ask(OF_RUNS, change);
  if ((change.experiments ?? []).length > 0) lists.ask([...OF_RUNS, "run", "experiments"], change); // archived with all their runs, or restored
  if (change.traces === true) lists.ask(["answers", "traces", "trace"], { all: true });
  if ((change.models ?? []).length > 0) lists.ask(["models", "overview"], change);
}
