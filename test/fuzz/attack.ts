import { createRandom, deriveSeed, type Random } from "../../src/lib/base/math/random.js";

/** How many bodies each route gets: few among the other tests, 20,000 with `npm run fuzz`. */
export const BODIES = Number(process.env["LLMOPS_FUZZ_BODIES"] ?? 150);
const SEED = Number(process.env["LLMOPS_FUZZ_SEED"] ?? 1);
const AT_ONCE = 4;
/** A request that takes longer hangs; beside other tests, and other processes, everything takes longer. */
const HANG_MS = Number(process.env["LLMOPS_FUZZ_HANG_MS"] ?? 20_000);
const SHOWN = 300;

export interface Shot {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** What an attack found: each with the shot that did it, so that it can be fired again. */
export interface Findings {
  shots: number;
  statuses: Record<number, number>;
  /** Answers that only a bug gives, connections that broke, requests that hung. */
  bad: string[];
}

/** Random numbers of one target: the same whatever else is attacked. */
export function randomOf(target: string): Random {
  return createRandom(deriveSeed("fuzz", SEED, target));
}

/** Fires shots at a server, a few at a time. `isBad` says which statuses only a bug gives. */
export async function attack(
  url: string,
  { count, make, isBad }: { count: number; make: () => Shot; isBad: (status: number, text: string) => boolean },
): Promise<Findings> {
  const findings: Findings = { shots: 0, statuses: {}, bad: [] };
  let left = count;
  const shoot = async () => {
    while (left-- > 0) {
      const shot = make();
      const begun = performance.now();
      const answer = await fire(url, shot);
      const ms = performance.now() - begun;
      findings.shots++;
      findings.statuses[answer.status] = (findings.statuses[answer.status] ?? 0) + 1;
      const why =
        ms > HANG_MS
          ? `took ${Math.round(ms)} ms`
          : answer.status === 0 || isBad(answer.status, answer.text)
            ? `${answer.status} ${answer.text.slice(0, SHOWN)}`
            : "";
      if (why !== "") findings.bad.push(`${shot.method} ${shot.path} ${shot.body?.toString("utf8").slice(0, SHOWN) ?? ""} => ${why}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, shoot));
  return findings;
}

async function fire(url: string, { method, path, headers, body }: Shot): Promise<{ status: number; text: string }> {
  try {
    const signal = AbortSignal.timeout(2 * HANG_MS + 10_000);
    const response = await fetch(url + path, {
      method,
      headers,
      signal,
      ...(body !== undefined && method !== "GET" && { body: new Uint8Array(body) }),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: `no answer: ${String(error instanceof Error ? (error.cause ?? error) : error)}` };
  }
}
