import type { Cell } from "./study.js";

/** Neighboring cells of one sample together, at most so many. */
export function* inBundles(cells: Iterable<Cell>, most: number): Generator<Cell[]> {
  let bundle: Cell[] = [];
  for (const cell of cells) {
    if (bundle.length >= most || (bundle[0] && bundle[0].sample !== cell.sample)) {
      yield bundle;
      bundle = [];
    }
    bundle.push(cell);
  }
  if (bundle.length > 0) yield bundle;
}

/**
 * Asks bundle after bundle, the cells of one together, as many bundles at a time as keep within the concurrency. Throws what
 * `ask` throws first, once everything has ended.
 */
export async function runBundles<C extends Cell>(
  bundles: Iterable<readonly C[]>,
  concurrency: number,
  { ask, over }: { ask: (cell: C) => Promise<void>; over: () => boolean },
): Promise<void> {
  const queue = bundles[Symbol.iterator]();
  let running = 0;
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      running += next.value.length;
      const results = await Promise.allSettled(next.value.map(ask));
      running -= next.value.length;
      throwFirst(results);
      if (over()) return;
    }
  };
  const workers: Promise<void>[] = [];
  let before: number;
  do {
    before = running;
    workers.push(worker());
  } while (running > before && running + running / workers.length <= concurrency); // room for one more like these
  throwFirst(await Promise.allSettled(workers));
}

function throwFirst(results: readonly PromiseSettledResult<void>[]): void {
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
}
