import { counted } from "../../lib/base/errors/counted.js";
import type { Objective, Resolved } from "../../lib/experiments/optimize/objective.js";
import type { OptimizationContext } from "../../lib/experiments/optimize/optimize.js";
import type { OptimizationPlan } from "../../lib/experiments/optimize/plan-optimization.js";
import { describeTrial } from "../../lib/report/optimization-table.js";
import { describeRunning } from "../../lib/report/running-scores.js";
import { describeRunningSearch } from "../../lib/report/running-search.js";
import { MOST_RUNNING } from "../studies/announce-study.js";

interface Told {
  objectives: readonly Resolved<Objective>[];
  trials: number;
  plans: OptimizationPlan;
}

type Telling = Pick<OptimizationContext, "onSearch" | "onTrial" | "onProof" | "onProofBegin">;

/** Says every trial that has ended, and below the progress what is best so far, then how the proof stands. */
export function tellSearch(
  { say, below }: { say: (text: string) => void; below: (make: () => readonly string[]) => void },
  { objectives, trials, plans }: Told,
): Telling {
  return {
    onSearch: (search) => below(() => describeRunningSearch(search, objectives, trials)),
    onTrial: (search, index) => say(describeTrial(search, objectives, { index, trials })),
    onProof: (cells) => say(announceProof(plans, cells)),
    onProofBegin: (plan, { table }) => below(() => describeRunning(plan, table, MOST_RUNNING)),
  };
}

function announceProof({ heldOut }: OptimizationPlan, cells: number): string {
  const rows = counted(heldOut?.samples.length ?? 0, "row");
  return `Proof: the best and the default on ${rows} no trial saw, ${counted(cells, "completion")}.`;
}
