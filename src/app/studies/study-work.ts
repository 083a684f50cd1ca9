import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { defaultScorers } from "../../lib/experiments/scoring/scorers.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import { toPlanSpec, type PlanSpec } from "../../lib/experiments/study/plan-spec.js";
import type { Host } from "../host/host.js";
import { planOfSweep } from "./plan-study.js";
import { readMethod } from "../judging/open-judges.js";
import type { StudyOptions } from "./study-options.js";
import { sourceOf } from "./study-rows.js";
import type { StudyTargetOptions } from "./study-target.js";
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
  await readMethod(options);
  const plugins = await loadPlugins(options.plugins);
  const { plan } = await planOfSweep(options, { judges: () => [], plugins, signal: host.signal });
  const scorers = options.scorers ?? defaultScorers(plan.dataset);
  const spec = toPlanSpec(plan, { scorers, dataset: sourceOf(options, plan.dataset.digest) });
  return JSON.parse(JSON.stringify({ plan: spec, options: withoutDesign(options) })) as StudyWork;
}

/** What a sweep's options say of its design, its rows and its record, which the plan has or the process that records it. */
const ELSEWHERE: readonly (keyof SweepOptions)[] = [
  ...(["dimensions", "design", "strategies", "scorers", "dataset", "map", "limit", "repeats", "set", "system", "prompt"] as const),
  ...(["command", "folder", "resume", "retryFailed", "budget", "experiment"] as const),
];

function checkPlugins({ plugins = [] }: SweepOptions): void {
  if (plugins.every((source) => typeof source === "string")) return;
  throw new LlmopsError("INVALID_ARGUMENT", "A plugin given as an object cannot be loaded by another process.", {
    hint: "Name its module instead: a file or a package.",
  });
}

function withoutDesign(options: SweepOptions): WorkOptions {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !(ELSEWHERE as readonly string[]).includes(name)));
}
