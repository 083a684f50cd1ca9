import { useQuery } from "@tanstack/react-query";
import { useMemo, useState, type ReactElement } from "react";
import { playgroundEndpoints, type PlaygroundEndpoint } from "../../api/playground.js";
import { Command } from "../../parts/command.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useTitle } from "../../parts/use-title.js";
import { Composer } from "./composer.js";
import { readRows, writeRows, type KeptRow } from "./kept-rows.js";
import { KeptRows } from "./kept-rows-card.js";
import { SideSettings } from "./side-settings.js";
import { TurnView } from "./turn-view.js";
import { useChat } from "./use-chat.js";
import { useSetting } from "./use-setting.js";
import { useAnnounce } from "../../parts/toasts.js";

/** Two settings, or models, of running servers beside each other: the same questions, answers as they come, and rows kept for datasets. */
export function PlaygroundPage(): ReactElement {
  useTitle("Playground");
  const { data, error, refetch } = useQuery({ queryKey: ["playground"], queryFn: ({ signal }) => playgroundEndpoints(signal) });
  return (
    <div className="page playground">
      <div className="title-line">
        <h1>Playground</h1>
        <span className="total">the same questions to two settings</span>
      </div>
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Loading lines={8} label="Loading the endpoints" />
      ) : data.length === 0 ? (
        <NoEndpoint />
      ) : (
        <Desk endpoints={data} reload={() => void refetch()} />
      )}
    </div>
  );
}

function NoEndpoint(): ReactElement {
  return (
    <Empty title="The playground has no server to ask">
      <p>Whoever starts this server names those that it may ask. The key stays with it.</p>
      <Command label="Start it with" line="llmops ui --playground http://127.0.0.1:8080" />
    </Empty>
  );
}

function Desk({ endpoints, reload }: { endpoints: readonly PlaygroundEndpoint[]; reload: () => void }): ReactElement {
  const [a, changeA] = useSetting("a", endpoints);
  const [b, changeB] = useSetting("b", endpoints);
  const { turns, isBusy, send, stop, clear } = useChat();
  const [rows, keep] = useRows();
  const settings = useMemo(() => ({ a, b }), [a, b]);
  const away = endpoints.filter(({ error }) => error !== null);
  return (
    <>
      {away.map(({ id, error }) => (
        <div key={id} className="notice study-notice" role="alert">
          <p dir="auto">{error}</p>
          <button type="button" onClick={reload}>
            Try again
          </button>
        </div>
      ))}
      <div className="sides">
        <SideSettings side="a" endpoints={endpoints} setting={a} change={changeA} />
        <SideSettings side="b" endpoints={endpoints} setting={b} change={changeB} />
      </div>
      <section className="turns" aria-label="Conversation">
        {turns.length === 0 && <p className="soft turns-empty">Ask something: both sides answer, each with its own setting.</p>}
        {turns.map((turn, i) => (
          <TurnView key={i} turn={turn} rows={rows} keep={keep} />
        ))}
      </section>
      <Composer isBusy={isBusy} hasTurns={turns.length > 0} send={(question) => send(question, settings)} stop={stop} clear={clear} />
      <KeptRows rows={rows} keep={keep} />
    </>
  );
}

/** The rows that this browser keeps, and a function that keeps others instead. */
function useRows(): [readonly KeptRow[], (rows: readonly KeptRow[]) => void] {
  const [rows, setRows] = useState<readonly KeptRow[]>(readRows);
  const announce = useAnnounce();
  const keep = (next: readonly KeptRow[]) => {
    setRows(next);
    if (!writeRows(next)) announce("The browser has no room for more rows: download them before you close the page.", true);
  };
  return [rows, keep];
}
