import { describe, expect, it } from "vitest";
import { readRetryAfter } from "./retry-after.js";

const NOW = Date.UTC(2026, 0, 1);

describe("readRetryAfter", () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{ "retry-after": "2" }, 2],
    [{ "retry-after": "0.5" }, 0.5],
    [{ "retry-after": new Date(NOW + 3000).toUTCString() }, 3],
    [{ "retry-after": new Date(NOW - 3000).toUTCString() }, 0],
    [{ "retry-after-ms": "250", "retry-after": "1" }, 0.25],
    [{ "x-ratelimit-reset-requests": "120ms" }, 0.12],
    [{ "x-ratelimit-reset-tokens": "6m0s" }, 360],
    [{ "x-ratelimit-reset-requests": "1h2m3s" }, 3723],
    [{ "x-ratelimit-reset": String(NOW / 1000 + 7) }, 7],
    [{ "x-ratelimit-reset": String(NOW + 1500) }, 1.5],
    [{ "x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "60s", "x-ratelimit-remaining-requests": "0" }, 1],
    [{ "x-ratelimit-reset-requests": "1s", "x-ratelimit-reset-tokens": "60s" }, 60],
    [{ "retry-after": "soon" }, undefined],
    [{}, undefined],
  ])("%j", (headers, seconds) => {
    const read = readRetryAfter((name) => headers[name], NOW);
    if (seconds === undefined) expect(read).toBeUndefined();
    else expect(read).toBeCloseTo(seconds, 6);
  });
});
