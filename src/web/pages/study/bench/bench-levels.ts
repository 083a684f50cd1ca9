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
 * The levels of a load test in order of their loads. A level is in the document, which is written every ten seconds, and in its run, which
 * is written every two: all numbers are of the one that has seen more of its requests, so that none ever goes back.
 */
export function levelsOf(document: BenchDocument | undefined, runs: readonly RunRow[]): ShownLevel[] {
  const byName = new Map<string, ShownLevel>();
  for (const level of document?.levels ?? []) byName.set(nameOf(level), { ...level, isRunning: false, runId: null });
  for (const run of runs) {
    const level = fromRun(run);
    const newer = level && newerOf(byName.get(nameOf(level)), level);
    if (newer) byName.set(nameOf(newer), newer);
  }
  return [...byName.values()].sort((a, b) => a.value - b.value);
}

/** What is shown of a level by what the document and its run have; nothing of one that has no answer. */
function newerOf(known: ShownLevel | undefined, level: ShownLevel): ShownLevel | undefined {
  const { runId, isRunning } = level;
  if (!known) return level.requests.done > 0 ? level : undefined;
  if (known.requests.done > level.requests.done) return { ...known, runId, isRunning };
  // runs of earlier versions do not have their objectives
  const hasOwn = level.slos.length > 0 || known.requests.done < level.requests.done;
  return { ...level, slos: hasOwn ? level.slos : known.slos, errors: known.errors };
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
    ...{ goodput: of("goodput"), slos: objectivesOf(params["slo"] ?? "", of), errors: [] },
  };
}

/** Of the objectives that a run names, those whose share it has. */
function objectivesOf(texts: string, of: (key: string) => number | null): BenchLevel["slos"] {
  return texts.split(", ").flatMap((slo) => {
    const share = of(`slo_${slo.replace(/[^\w.]+/g, "_")}_attained`);
    return share === null ? [] : [{ slo, share, met: share >= demandedBy(slo) }];
  });
}

/** The share an objective asks for: 99 % where it does not say. */
function demandedBy(slo: string): number {
  const percent = /@\s*([\d.]+)\s*%/.exec(slo)?.[1];
  return percent === undefined ? 0.99 : Number(percent) / 100;
}

function timesOf(name: string, of: (key: string) => number | null): Percentiles {
  const interval = (p: string): BenchInterval => ({ low: of(`${name}_${p}.low`), high: of(`${name}_${p}.high`) });
  const [p50, p90, p99] = POINTS.map((p) => of(`${name}_${p}`)) as [number | null, number | null, number | null];
  const intervals = Object.fromEntries(POINTS.map((p) => [p, interval(p)])) as Record<(typeof POINTS)[number], BenchInterval>;
  const hasIntervals = Object.values(intervals).some(({ low, high }) => low !== null || high !== null);
  return { p50, p90, p99, max: of(`${name}_max`), ...(hasIntervals ? { intervals } : {}) };
}
