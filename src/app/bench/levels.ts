import type { FailureLimit } from "../../lib/experiments/gates/checks.js";
import { whyUnusable } from "../../lib/operations/load/failed-requests.js";
import type { LevelResult, Percentiles } from "../../lib/operations/load/level-result.js";
import type { Load } from "../../lib/operations/load/run-level.js";
import { metricOfSlo } from "../../lib/operations/slo/slo.js";

/** What a level came to, as metrics of a run, with the ends of intervals where there are any. */
export function levelMetrics(result: LevelResult): { key: string; value: number }[] {
  const { requests, goodput, slos } = result;
  const rates = ["requests_per_second", "completion_tokens_per_second"] as const;
  return [
    ...(["ttft_ms", "itl_ms", "e2e_ms"] as const).flatMap((name) => timeMetrics(name, result[name])),
    ...rates.map((key) => ({ key, value: result[key] })),
    ...(goodput === null ? [] : [{ key: "goodput", value: goodput }]),
    ...slos.map(({ slo, share }) => ({ key: metricOfSlo(slo, "attained"), value: share })),
    ...[
      { key: "cells", value: requests.done },
      { key: "failed", value: requests.failed },
    ],
  ];
}

function timeMetrics(name: string, { intervals, ...percentiles }: Percentiles): { key: string; value: number }[] {
  const ends = Object.entries(intervals ?? {}).flatMap(([p, { low, high }]) => [
    [`${name}_${p}.low`, low] as const,
    [`${name}_${p}.high`, high] as const,
  ]);
  const points = Object.entries(percentiles).map(([p, value]) => [`${name}_${p}`, value] as const);
  return [...points, ...ends].flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));
}

/** What decides which levels count. */
interface Counting {
  /** Undefined where the highest rate is searched. */
  loads: readonly Load[] | undefined;
  limit: FailureLimit | undefined;
}

/** Why levels cannot be used; of a search only the level it found counts, or its lowest, as overload is what it looks for. */
export function whyLevelsUnusable(levels: readonly LevelResult[], { loads, limit }: Counting, rate: number | null): string[] {
  if (levels.length === 0) return ["Nothing was answered."];
  const counting = loads ? levels : levels.filter(({ value }, i) => (rate === null ? i === 0 : value === rate));
  return reasonsOf(counting, limit, counting.length > 1);
}

/** The same of a test that runs, by the levels that ended: of a search none counts before its end. */
export function whyEndedUnusable(ended: readonly LevelResult[], { loads, limit }: Counting): string[] {
  return loads ? reasonsOf(ended, limit, loads.length > 1) : [];
}

function reasonsOf(levels: readonly LevelResult[], limit: FailureLimit | undefined, isNamed: boolean): string[] {
  return levels.flatMap((level) => {
    const why = whyUnusable(level, limit);
    return why === undefined ? [] : [isNamed ? `At ${level.load} ${level.value}: ${why}` : why];
  });
}
