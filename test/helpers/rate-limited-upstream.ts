import { chatAnswer, fakeUpstream, sendJson } from "./fake-upstream.js";

export type Window = "fixed" | "sliding";

/**
 * An endpoint that answers so many requests in each window and refuses the others, telling when to come back. Its clock stands still until it
 * refuses one: however slow the machine is, the first window is filled. `stop` makes it stand still again.
 */
export async function rateLimitedUpstream({ kind, requests, windowMs }: { kind: Window; requests: number; windowMs: number }) {
  let taken: number[] = [];
  let refused = 0;
  let passed = 0;
  let started: number | undefined;
  const clock = () => passed + (started === undefined ? 0 : performance.now() - started);
  /** Until a place is free; 0 where one is. */
  const waitMs = (now: number) => {
    const begin = kind === "fixed" ? now - (now % windowMs) : now - windowMs;
    taken = taken.filter((time) => time >= begin);
    if (taken.length < requests) return 0;
    return kind === "fixed" ? begin + windowMs - now : (taken[0] ?? now) + windowMs - now;
  };
  const { url } = await fakeUpstream((seen, response) => {
    if (seen.path.endsWith("/models")) return sendJson(response, { data: [{ id: "limited" }] });
    const now = clock();
    const wait = waitMs(now);
    if (wait > 0) {
      refused++;
      started ??= performance.now();
      return sendJson(response, { error: { message: "slow down" } }, 429, { "retry-after-ms": String(Math.ceil(wait)) });
    }
    taken.push(now);
    return sendJson(response, chatAnswer("yes"));
  });
  const stop = () => {
    [passed, started, taken] = [clock(), undefined, []];
  };
  return { url, refused: () => refused, stop };
}
