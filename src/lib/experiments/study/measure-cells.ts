import { inBundles, runBundles } from "./bundles.js";
import { orderCells, orderSamples } from "./cell-order.js";
import type { AskLimits } from "../../inference/gateway/ask.js";
import { runCell } from "./run-cell.js";
import type { Cell, StudyPlan } from "./study.js";
import type { TargetPool } from "./target-pool.js";

const FEWEST = 8;

/** Asks a few cells of a plan, without keeping them, to see how long one takes at its concurrency. Throws the first one's error. */
export async function measureCells(
  plan: StudyPlan,
  targets: TargetPool,
  limits: AskLimits,
  signal: AbortSignal,
): Promise<{ cells: number; secondsPerCell: number }> {
  const everySetting = plan.settings.map((_, setting) => setting);
  const cells = orderCells(plan, orderSamples(plan), everySetting);
  const count = Math.max(FEWEST, 4 * plan.concurrency);
  const chosen: Cell[] = [];
  for (const cell of cells) if (chosen.push(cell) >= count) break;
  const { sharesPrompts = false } = await targets.of(0);
  const ask = async (cell: Cell) => {
    const done = await runCell(plan, cell, { ...limits, target: await targets.of(cell.setting), signal });
    if (done && !done.outcome.ok) throw done.outcome.error;
  };
  const start = performance.now();
  await runBundles(inBundles(chosen, sharesPrompts ? plan.concurrency : 1), plan.concurrency, { ask, over: () => signal.aborted });
  return { cells: chosen.length, secondsPerCell: (performance.now() - start) / 1000 / Math.max(1, chosen.length) };
}
