import type { TrackedBatch } from "../../tracking/tracked-run.js";
import type { CellCounts } from "./score-table.js";
import { primaryMetric, type StudyPlan } from "./study.js";
import type { SettingSummary } from "./summarize.js";

type Points = NonNullable<TrackedBatch["metrics"]>;

/** What a setting came to, as metrics of its run. */
export function settingMetrics({ metrics, cells, reliability, model }: SettingSummary): Points {
  const estimates = Object.entries(metrics).flatMap(([name, { mean: center, low, high }]) =>
    Number.isNaN(center)
      ? []
      : [
          { key: name, value: center },
          ...(low === null ? [] : [{ key: `${name}_ci_low`, value: low }]),
          ...(high === null ? [] : [{ key: `${name}_ci_high`, value: high }]),
        ],
  );
  const reliable = reliability
    ? [
        { key: "pass_any", value: reliability.passAny },
        { key: "pass_all", value: reliability.passAll },
        { key: "flaky", value: reliability.flaky },
      ]
    : [];
  const taken = model
    ? [
        { key: "model_size_bytes", value: model.fileBytes },
        { key: "memory_bytes", value: model.memoryBytes },
      ]
    : [];
  return [...estimates, ...reliable, ...taken, ...cellMetrics(cells)];
}

/** What the running means came to. */
export function lastMeans(plan: StudyPlan, { metrics, cells }: SettingSummary): Points {
  const name = primaryMetric(plan);
  const { low = null, high = null } = metrics[name] ?? {};
  return [
    ...(low === null ? [] : [{ key: `${name}.low`, value: low }]),
    ...(high === null ? [] : [{ key: `${name}.high`, value: high }]),
    { key: "cells", value: cells.done },
  ];
}

/** How the cells ended, as metrics of a run. */
function cellMetrics({ done, failed, filtered, unscored, truncated = 0 }: CellCounts): Points {
  return [
    { key: "cells_done", value: done },
    { key: "cells_failed", value: failed },
    { key: "cells_filtered", value: filtered },
    { key: "cells_unscored", value: unscored },
    { key: "cells_truncated", value: truncated },
  ];
}
