import type { ComparingTask, GradingTask } from "../judge/judge-method.js";

/**
 * What a judge gives, unless it takes longer than the task's time by itself: while it waits for the model, whose requests have limits of
 * their own, the time stands still. Rejects when that has passed, or with the signal's reason; the judge may go on by itself, but nobody
 * waits for it.
 */
export function withinPatience<Task extends GradingTask | ComparingTask, T>(task: Task, work: (task: Task) => Promise<T>): Promise<T> {
  const { timeoutMs, signal } = task;
  return new Promise((resolve, reject) => {
    let requests = 0;
    let isDone = false;
    let timer: NodeJS.Timeout | undefined;
    const late = () => give(new Error(`it took longer than ${(timeoutMs ?? 0) / 1000} s by itself (--timeout)`));
    const count = () => {
      clearTimeout(timer);
      if (!isDone && requests === 0 && timeoutMs !== undefined) timer = setTimeout(late, timeoutMs);
    };
    const uncounted =
      <Given extends unknown[], Answer>(ask: (...given: Given) => Promise<Answer>) =>
      async (...given: Given): Promise<Answer> => {
        requests++;
        count();
        try {
          return await ask(...given);
        } finally {
          requests--;
          count();
        }
      };
    const abort = () => give(signal.reason as Error);
    const finish = () => {
      isDone = true;
      count();
      signal.removeEventListener("abort", abort);
    };
    // a timer of a judge that never ends would keep the process
    const give = (error: Error) => {
      finish();
      reject(error);
    };
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    count();
    const { ask, read, answer, vote } = task;
    work({ ...task, ask: uncounted(ask), read: uncounted(read), answer: uncounted(answer), vote: uncounted(vote) })
      .then(resolve, reject)
      .finally(finish);
  });
}
