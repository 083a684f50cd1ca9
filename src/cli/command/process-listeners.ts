/** What hears of the process's events, by their names. */
type Listeners = Partial<{
  uncaughtException: (thrown: unknown) => void;
  unhandledRejection: (thrown: unknown) => void;
  beforeExit: () => void;
  exit: (code: number) => void;
  SIGINT: (signal: NodeJS.Signals) => void;
  SIGTERM: (signal: NodeJS.Signals) => void;
}>;

/** Has these hear of the process's events; gives what takes them off again. */
export function listenToProcess(listeners: Listeners): () => void {
  const all = Object.entries(listeners) as [string, (...given: unknown[]) => void][];
  for (const [event, listener] of all) process.on(event, listener);
  return () => {
    for (const [event, listener] of all) process.off(event, listener);
  };
}
