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
