import type { BenchDocument, BenchInterval, BenchLevel, Percentiles } from "../../../api/bench-document.js";
import type { RunRow } from "../../../api/documents.js";
import { toNumber } from "../../../format/numbers.js";

/** A level of a load test, from its document or, while it runs, from its run. */
export interface ShownLevel extends BenchLevel {
  isRunning: boolean;
  runId: string | null;
}

const POINTS = ["p50", "p90", "p99"] as const;

/**
 * The levels of a load test in order of their loads. Runs of levels are written every two seconds, the document more seldom: of a level
 * that runs its run counts.
 */
export function levelsOf(document: BenchDocument | undefined, runs: readonly RunRow[]): ShownLevel[] {
  const byName = new Map<string, ShownLevel>();
  for (const level of document?.levels ?? []) byName.set(nameOf(level), { ...level, isRunning: false, runId: null });
  for (const run of runs) {
    const level = fromRun(run);
    const merged = level && merge(byName.get(nameOf(level)), level);
    if (merged) byName.set(nameOf(merged), merged);
  }
  return [...byName.values()].sort((a, b) => a.value - b.value);
}

/** What is shown of a level by what the document and its run have; nothing of one that has no answer. */
function merge(known: ShownLevel | undefined, level: ShownLevel): ShownLevel | undefined {
  if (known && !level.isRunning) return { ...known, runId: level.runId };
  return level.requests.done > 0 ? { ...level, slos: known?.slos ?? [], errors: known?.errors ?? [] } : known;
}

/** A level in words. */
export function nameOf({ load, value }: Pick<BenchLevel, "load" | "value">): string {
  return load === "rate" ? `${value}/s` : `${value} at a time`;
}

function fromRun({ run_id, params, metrics, status, start_time, end_time }: RunRow): ShownLevel | undefined {
  const load = params["load"];
  if (load !== "concurrency" && load !== "rate") return undefined;
  const of = (key: string) => (metrics[key] ? toNumber(metrics[key].last) : null);
  return {
    ...{ load, value: Number(params[load]), runId: run_id, isRunning: status === "RUNNING" },
    seconds: start_time === null ? 0 : ((end_time ?? Date.now()) - start_time) / 1000,
    requests: { done: of("cells") ?? 0, failed: of("failed") ?? 0 },
    requests_per_second: of("requests_per_second") ?? 0,
    completion_tokens_per_second: of("completion_tokens_per_second") ?? 0,
    prompt_tokens_per_second: 0,
    ...{ ttft_ms: timesOf("ttft_ms", of), itl_ms: timesOf("itl_ms", of), e2e_ms: timesOf("e2e_ms", of) },
    ...{ goodput: of("goodput"), slos: [], errors: [] },
  };
}

function timesOf(name: string, of: (key: string) => number | null): Percentiles {
  const interval = (p: string): BenchInterval => ({ low: of(`${name}_${p}.low`), high: of(`${name}_${p}.high`) });
  const [p50, p90, p99] = POINTS.map((p) => of(`${name}_${p}`)) as [number | null, number | null, number | null];
  const intervals = Object.fromEntries(POINTS.map((p) => [p, interval(p)])) as Record<(typeof POINTS)[number], BenchInterval>;
  const hasIntervals = Object.values(intervals).some(({ low, high }) => low !== null || high !== null);
  return { p50, p90, p99, max: of(`${name}_max`), ...(hasIntervals ? { intervals } : {}) };
}
