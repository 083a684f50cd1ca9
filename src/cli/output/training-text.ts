import type { RecordedTraining } from "../../app/tracking/record-training.js";
import { counted } from "../../lib/base/errors/counted.js";
import { formatValue } from "../../lib/report/runs-table.js";

/** What of a training log was recorded, and where. */
export function describeTraining({ points, lastStep, final, uri, runId }: RecordedTraining): string {
  const losses = ["train_loss", "eval_loss"].flatMap((key) => (final[key] === undefined ? [] : [`${key} ${formatValue(final[key])}`]));
  return `Recorded ${counted(points, "point")} up to step ${lastStep ?? "none"} in ${uri}, run ${runId ?? "(queued)"}${losses.length > 0 ? `: ${losses.join(", ")}` : ""}.`;
}
