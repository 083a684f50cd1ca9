/**
 * A controller for one request that aborts with `outer` until it is released. AbortSignal.any would do, but what it makes stays
 * with the outer signal for as long as that lives: too much for one that sees a hundred thousand requests.
 */
export function followSignal(outer: AbortSignal | undefined): { controller: AbortController; release: () => void } {
  const controller = new AbortController();
  const follow = () => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  else outer?.addEventListener("abort", follow);
  return { controller, release: () => outer?.removeEventListener("abort", follow) };
}

/** What some work gives, unless the signal aborts first: then its reason is thrown, and the work goes on by itself. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}
