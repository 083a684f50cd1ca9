import type { FailureLimit } from "../../lib/experiments/gates/checks.js";
import { whyUnusable } from "../../lib/operations/load/failed-requests.js";
import type { LevelResult } from "../../lib/operations/load/level-result.js";
import type { TrackedRun } from "../../lib/tracking/tracked-run.js";

/** Records the metrics of a level, at the load as step. */
export function logLevel(run: TrackedRun, result: LevelResult): void {
  const times = (["ttft_ms", "itl_ms", "e2e_ms"] as const).flatMap((name) =>
    Object.entries(result[name]).flatMap(([p, value]) => (value === null ? [] : [{ key: `${name}_${p}`, value }])),
  );
  const rates = ["requests_per_second", "completion_tokens_per_second"] as const;
  const points = [
    ...times,
    ...rates.map((key) => ({ key, value: result[key] })),
    ...(result.goodput === null ? [] : [{ key: "goodput", value: result.goodput }]),
  ];
  run.log({ metrics: points.map((point) => ({ ...point, step: result.value })) });
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
