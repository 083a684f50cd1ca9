import type { SweepResult } from "../experiments/study/sweep-result.js";
import { csvText, type CsvForm } from "./csv.js";

/** A sweep as CSV: a row a setting, its params, and for each metric the mean, the ends of its interval and the samples. */
export function sweepCsv({ settings }: SweepResult, form: CsvForm): string {
  const names = [...new Set(settings.flatMap(({ params }) => Object.keys(params)))];
  const metrics = [...new Set(settings.flatMap((setting) => Object.keys(setting.metrics)))];
  const head = [...names, ...metrics.flatMap((name) => [name, `${name}_ci_low`, `${name}_ci_high`, `${name}_n`])];
  const rows = settings.map((setting) => [
    ...names.map((name) => setting.params[name]),
    ...metrics.flatMap((name) => {
      const { mean, low, high, n } = setting.metrics[name] ?? {};
      return [mean, low, high, n];
    }),
    setting.model?.size_bytes,
    setting.model?.memory_bytes,
    setting.cells.done,
    setting.cells.failed,
    setting.cells.filtered,
    setting.cells.unscored,
    setting.cells.truncated ?? 0,
    setting.run_id,
  ]);
  return csvText(
    [
      [
        ...head,
        "model_size_bytes",
        "memory_bytes",
        "cells_done",
        "cells_failed",
        "cells_filtered",
        "cells_unscored",
        "cells_truncated",
        "run_id",
      ],
      ...rows,
    ],
    form,
  );
}
