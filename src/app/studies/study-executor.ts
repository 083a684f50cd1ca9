import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import type { CellExecutor } from "../../lib/experiments/study/cell-executor.js";
import { InProcessExecutor } from "../../lib/experiments/study/in-process-executor.js";
import { fromPlanSpec } from "../../lib/experiments/study/plan-spec.js";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { Host } from "../host/host.js";
import { JudgePanel } from "../judging/judge-panel.js";
import { resolveJudgedScorers } from "../judging/judged-scorers.js";
import { limitsOf } from "./study-options.js";
import { openStudyTarget, slotsOf } from "./study-target.js";
import type { StudyWork } from "./study-work.js";

/** Opens what a study asks and who grades it, for running its cells in this process; closes them afterwards. Throws what opening a plan, a model or a judge throws. */
export async function withStudyExecutor<T>(
  { plan: spec, options }: StudyWork,
  host: Host,
  run: (opened: { plan: StudyPlan; executor: CellExecutor }) => Promise<T>,
): Promise<T> {
  const rates = new RateWatch();
  const panel = await JudgePanel.create(options, rates);
  const plugins = await loadPlugins(options.plugins);
  let rubrics: readonly Rubric[] = [];
  const plan = await fromPlanSpec(spec, async (names) => {
    const found = await resolveJudgedScorers(names, { judges: () => panel.judges, plugins, signal: host.signal });
    rubrics = found.rubrics;
    return found.scorers;
  });
  const slots = slotsOf(plan, rubrics.length);
  const targets = new TargetPool(plan, (params) => openStudyTarget(options, params, { slots, rates }, host));
  try {
    await panel.open(rubrics, { byDefault: () => targets.of(0), answering: [], slots, host });
    return await run({ plan, executor: new InProcessExecutor(plan, targets, limitsOf(options)) });
  } finally {
    rates.close();
    await panel.close();
    await targets.close();
  }
}
