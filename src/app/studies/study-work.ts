import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import type { CellExecutor } from "../../lib/experiments/study/cell-executor.js";
import { InProcessExecutor } from "../../lib/experiments/study/in-process-executor.js";
import { fromPlanSpec, toPlanSpec, type PlanSpec } from "../../lib/experiments/study/plan-spec.js";
import type { StudyPlan } from "../../lib/experiments/study/study.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { defaultScorers } from "../../lib/experiments/scoring/scorers.js";
import { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { Host } from "../host/host.js";
import { JudgePanel } from "../judging/judge-panel.js";
import { resolveJudgedScorers } from "../judging/judged-scorers.js";
import { planOfSweep } from "./plan-study.js";
import { limitsOf, type StudyOptions } from "./study-options.js";
import { sourceOf } from "./study-rows.js";
import { openStudyTarget, type StudyTargetOptions } from "./study-target.js";
import type { SweepOptions } from "./sweep-options.js";

/** What cells are asked and graded with. Secrets are named by their environment variables; files are read where the cells run. */
export interface WorkOptions extends StudyTargetOptions, Pick<StudyOptions, "judge" | "plugins" | "retries" | "seed"> {}

/** A study as another process can run its cells: plain data that JSON keeps whole. */
export interface StudyWork {
  plan: PlanSpec;
  options: WorkOptions;
}

/** What a sweep would run, without opening a model. Throws what planning a sweep throws, and INVALID_ARGUMENT for a plugin that is not a module. */
export async function planStudyWork(options: SweepOptions, host: Host): Promise<StudyWork> {
  checkPlugins(options);
  const plugins = await loadPlugins(options.plugins);
  const { plan } = await planOfSweep(options, { judges: () => [], plugins, signal: host.signal });
  const scorers = options.scorers ?? defaultScorers(plan.dataset);
  const spec = toPlanSpec(plan, { scorers, dataset: sourceOf(options, plan.dataset.digest) });
  return JSON.parse(JSON.stringify({ plan: spec, options: withoutDesign(options) })) as StudyWork;
}

/** Opens what a study asks and who grades it, for running its cells in this process; closes them afterwards. Throws what opening a plan, a model or a judge throws. */
export async function withStudyExecutor<T>(
  { plan: spec, options }: StudyWork,
  host: Host,
  run: (opened: { plan: StudyPlan; executor: CellExecutor }) => Promise<T>,
): Promise<T> {
  const rates = new RateWatch();
  const panel = new JudgePanel(options, rates);
  const plugins = await loadPlugins(options.plugins);
  let rubrics: readonly Rubric[] = [];
  const plan = await fromPlanSpec(spec, async (names) => {
    const found = await resolveJudgedScorers(names, { judges: () => panel.judges, plugins, signal: host.signal });
    rubrics = found.rubrics;
    return found.scorers;
  });
  const slots = plan.concurrency;
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

/** What a sweep's options say of its design, its rows and its record, which the plan has or the process that records it. */
const ELSEWHERE: readonly (keyof SweepOptions)[] = [
  ...(["dimensions", "design", "strategies", "scorers", "dataset", "map", "limit", "repeats", "set", "system", "prompt"] as const),
  ...(["command", "folder", "resume", "retryFailed", "budget", "experiment"] as const),
];

function checkPlugins({ plugins = [] }: SweepOptions): void {
  if (plugins.every((source) => typeof source === "string")) return;
  throw new LlmopsError("INVALID_ARGUMENT", "A plugin that is an object of this program cannot be loaded by another process.", {
    hint: "Name its module: a file or a package.",
  });
}

function withoutDesign(options: SweepOptions): WorkOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !(ELSEWHERE as readonly string[]).includes(name)));
}
