import type { FailureLimit } from "../../lib/experiments/gates/checks.js";
import { whyUnusable } from "../../lib/operations/load/failed-requests.js";
import type { LevelResult, Percentiles } from "../../lib/operations/load/level-result.js";
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

/** Why levels cannot be used; of a search only the level it found counts, or its lowest, as overload is what it looks for. */
export function whyLevelsUnusable(
  levels: readonly LevelResult[],
  { limit, found }: { limit: FailureLimit | undefined; found: { rate: number | null } | undefined },
): string[] {
  const counting = found ? levels.filter(({ value }, i) => (found.rate === null ? i === 0 : value === found.rate)) : levels;
  const several = counting.length > 1;
  const whys = counting.flatMap((level) => {
    const why = whyUnusable(level, limit);
    return why === undefined ? [] : [several ? `At ${level.load} ${level.value}: ${why}` : why];
  });
  return levels.length === 0 ? ["Nothing was answered."] : whys;
}
