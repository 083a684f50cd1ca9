import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import { parseBudget } from "../../lib/experiments/study/budget.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import type { StoredStudy } from "../../lib/experiments/study/plan-scoring.js";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import type { Host } from "../host/host.js";
import { JudgePanel } from "../judging/judge-panel.js";
import { planOfScoring, planOfSweep } from "./plan-study.js";
import { checkStored, noJudge, storedTarget } from "./stored-target.js";
import { checkGates, readGates, type StudyGates } from "./study-gates.js";
import { openStudyTarget, slotsOf } from "./study-target.js";
import type { SweepOptions } from "./sweep-options.js";

/** A sweep, or a scoring of stored answers, whose targets and judges are open. */
export interface OpenStudy {
  plan: StudyPlan;
  gates: StudyGates;
  panel: JudgePanel;
  targets: TargetPool;
  opened: readonly CompletionTarget[];
  rates: RateWatch;
  /** The study whose answers are scored, where nothing is asked. */
  stored: StoredStudy | undefined;
}

/** Plans a study and opens its targets and judges for the work; closes them afterwards. */
export async function withOpenStudy<T>(
  options: SweepOptions,
  { host, stored }: { host: Host; stored?: StoredStudy | undefined },
  work: (study: OpenStudy) => Promise<T>,
): Promise<T> {
  const gates = readGates(options);
  if (options.budget) parseBudget(options.budget); // before the models are loaded
  const rates = new RateWatch();
  const panel = await JudgePanel.create(options, rates);
  const plugins = await loadPlugins(options.plugins);
  const judging = { judges: () => panel.judges, plugins, signal: host.signal };
  const { plan, rubrics } = await (stored ? planOfScoring(options, stored, judging) : planOfSweep(options, judging));
  checkGates(gates, plan);
  if (stored) checkStored(stored, gates);
  const slots = slotsOf(plan, rubrics.length);
  const targets = new TargetPool(plan, (params) =>
    stored ? Promise.resolve(storedTarget(stored)) : openStudyTarget(options, params, { slots, rates }, host),
  );
  try {
    const opened = await targets.all();
    const byDefault = () => (stored ? noJudge() : targets.of(0));
    await panel.open(rubrics, { byDefault, answering: opened, slots, host });
    for (const note of datasetNotes(plan.dataset, Object.values(plan.texts), plan.scorers)) host.note(note);
    panel.announce(plan.dataset, host);
    return await work({ plan, gates, panel, targets, opened, rates, stored });
  } finally {
    rates.close();
    await panel.close();
    await targets.close();
  }
}
