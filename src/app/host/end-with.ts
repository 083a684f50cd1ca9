import { setMaxListeners } from "node:events";

/** Aborts with a signal, or before it. */
export function endWith(signal: AbortSignal): AbortController {
  const end = new AbortController();
  setMaxListeners(0, end.signal); // everything that is running listens
  if (signal.aborted) end.abort(signal.reason);
  else signal.addEventListener("abort", () => end.abort(signal.reason), { once: true, signal: end.signal });
  return end;
}
