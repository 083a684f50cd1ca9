/** Work in steps: it yields wherever others may have their turn, and returns its result. */
export type Steps<T> = Generator<undefined, T>;

/** Work goes on for so long before the event loop has its turn. */
export const SLICE_MS = 2;

interface Task {
  /** Does one slice; true when the work is over. */
  advance: () => boolean;
}

const waiting: Task[] = [];

/**
 * Does work in slices of about SLICE_MS. What is over within the first slice never waits. All sliced work of the process takes turns, one
 * slice in each turn of the event loop, so that many such works at once hold nobody up longer than one. Throws what the work throws, and
 * the signal's reason between two slices.
 */
export function inSlices<T>(work: Steps<T>, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const advance = () => {
      try {
        signal?.throwIfAborted();
        const end = performance.now() + SLICE_MS;
        do {
          const step = work.next();
          if (step.done === true) {
            resolve(step.value);
            return true;
          }
        } while (performance.now() < end);
        return false;
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
        return true;
      }
    };
    if (!advance()) enqueue({ advance });
  });
}

/** Does work that cannot be cut into slices, in a turn of its own among those of sliced work. Throws what it throws. */
export function inTurn<T>(work: () => T): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const advance = () => {
      try {
        resolve(work());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
      return true;
    };
    enqueue({ advance });
  });
}

/** Does sliced work at once, where nobody waits for the event loop. */
export function atOnce<T>(work: Steps<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

function enqueue(task: Task): void {
  waiting.push(task);
  if (waiting.length === 1) setImmediate(takeTurn);
}

function takeTurn(): void {
  const task = waiting.shift();
  if (task && !task.advance()) waiting.push(task);
  if (waiting.length > 0) setImmediate(takeTurn);
}
