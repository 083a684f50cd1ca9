import { formatSize } from "../inference/models/format-size.js";
import type { SettingResult, SweepResult } from "../experiments/study/sweep-result.js";

/** Headings of what models take. */
const HEADINGS = ["weights", "file", "memory"] as const;

/** The columns of what the settings' models take: none where all take the same, or where they run elsewhere. */
export function modelColumns({ settings }: SweepResult): { head: readonly string[]; cells: (setting: SettingResult) => string[] } {
  if (!differInModel(settings)) return { head: [], cells: () => [] };
  const cells = ({ model }: SettingResult) =>
    model ? [model.quantization, formatSize(model.size_bytes), formatSize(model.memory_bytes)] : HEADINGS.map(() => "");
  return { head: HEADINGS, cells };
}

/** Whether the settings' models take different amounts of memory. */
export function differInModel(settings: readonly SettingResult[]): boolean {
  return new Set(settings.map(({ model }) => model?.memory_bytes)).size > 1;
}
