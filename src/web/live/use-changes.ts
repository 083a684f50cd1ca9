import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { OWN } from "../api/client.js";
import type { StoreChange } from "../api/documents.js";

/** Lists are asked for again at most this often: a study writes many times a second. */
const LIST_PAUSE_MS = 1000;

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
  ask: (keys: readonly string[]) => void;
  stop: () => void;
}

/** Asks for lists again now, or once the pause since the last time is over. */
function pacedRefresh(client: QueryClient): PacedRefresh {
  const waiting = new Set<string>();
  let last = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    last = Date.now();
    for (const key of waiting) void client.invalidateQueries({ queryKey: [key] }, { cancelRefetch: false });
    waiting.clear();
  };
  const ask = (keys: readonly string[]) => {
    for (const key of keys) waiting.add(key);
    timer ??= setTimeout(flush, Math.max(0, last + LIST_PAUSE_MS - Date.now()));
  };
  return { ask, stop: () => clearTimeout(timer) };
}

function refresh(client: QueryClient, change: StoreChange, lists: PacedRefresh): void {
  if (change.all === true || change.more === true) {
    lists.ask(["runs", "columns", "run", "overview", "experiments", "models", "history", "artifacts", "answers", "traces", "trace"]);
    return;
  }
  for (const { run_id } of change.runs ?? []) void client.invalidateQueries({ queryKey: ["run", run_id] });
  if ((change.runs ?? []).length > 0) lists.ask(["runs", "columns", "overview", "history", "artifacts", "answers"]);
  if ((change.experiments ?? []).length > 0) lists.ask(["experiments", "overview"]);
  if (change.traces === true) lists.ask(["answers", "traces", "trace"]);
  if ((change.models ?? []).length > 0) lists.ask(["models", "overview"]);
}
