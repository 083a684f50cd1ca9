/** Whoever runs a use case: the command line, or a program. A use case prints nothing and ends no process; it tells its host. */
export interface Host {
  /** Aborts when the work is to stop; what is done by then is kept. */
  readonly signal: AbortSignal;
  /** Something people should know while the work goes on. */
  readonly note: (text: string) => void;
  readonly withProgress: WithProgress;
}

/**
 * Does work that calls `tick` for every finished unit; `total` is undefined where nobody knows how many there will be. `say` tells something
 * meanwhile, and what is given to `below` says, whenever it is asked, how the work stands.
 */
export type WithProgress = <T>(
  total: number | undefined,
  unit: string,
  work: (tick: () => void, say: (text: string) => void, below: (make: () => readonly string[]) => void) => Promise<T>,
) => Promise<T>;

/** The host of a program that only wants the result; `note` gets what people would be told. */
export function programHost({
  signal = new AbortController().signal,
  note = () => undefined,
}: { signal?: AbortSignal; note?: (text: string) => void } = {}): Host {
  return {
    signal,
    note,
    withProgress: (_total, _unit, work) =>
      work(
        () => undefined,
        note,
        () => undefined,
      ),
  };
}
