import { counted } from "../../lib/base/errors/counted.js";
import { readDataset } from "../../lib/experiments/dataset/read-dataset.js";
import { loadPlugins } from "../../lib/experiments/plugins/load-plugins.js";
import { resolveScorers } from "../../lib/experiments/scoring/scorers.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import { planSweep } from "../../lib/experiments/study/plan-sweep.js";
import { countCells, type StudyPlan } from "../../lib/experiments/study/study.js";
import type { Host } from "../host/host.js";
import { fixedParameters, type PromptOptions } from "../studies/fixed-parameters.js";
import { DEFAULT_SEED, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import type { RowOptions, StudyOptions } from "../studies/study-options.js";
import { concurrencyOf, type StudyTargetOptions } from "../studies/study-target.js";

/** Of a canary: few rows, asked several times. */
export const CANARY_ROWS = 40;
const DEFAULT_REPEATS = 3;

/** The fixed prompts, and who is asked them. */
export interface CanaryQuestions
  extends StudyTargetOptions, PromptOptions, RowOptions, Pick<StudyOptions, "retries" | "experiment" | "plugins" | "command" | "folder"> {
  /** What the canary is called that is kept or compared with. */
  name?: string | undefined;
  /** Answers of each row. */
  repeats?: number | undefined;
  scorers?: readonly string[] | undefined;
}

/** The study of a canary. Throws INVALID_ARGUMENT, and what reading the dataset throws. */
export async function planCanary(questions: CanaryQuestions, metrics: readonly string[], signal: AbortSignal): Promise<StudyPlan> {
  const {
    name = "",
    dataset: file = EXAMPLE_DATASET,
    limit = CANARY_ROWS,
    seed = DEFAULT_SEED,
    map,
    repeats = DEFAULT_REPEATS,
  } = questions;
  const scorers = await resolveScorers([...metrics], (await loadPlugins(questions.plugins)).scorers, signal);
  const dataset = await readDataset(file, { limit, seed, map });
  const plan = planSweep([], dataset, {
    ...{ design: "single", strategies: [{}], fixed: fixedParameters(questions), repeats, seed },
    ...{ concurrency: concurrencyOf(questions, []), correction: "none", minEffect: 0, scorers, addRepeats: false },
  });
  return { ...plan, name: `canary ${name}` };
}

/** Tells the host what is asked of which model, and what to mind of the rows. */
export function announceCanary(plan: StudyPlan, model: string, host: Host): void {
  for (const note of datasetNotes(plan.dataset, Object.values(plan.texts), plan.scorers)) host.note(note);
  host.note(`Canary of ${model}: ${counted(plan.dataset.samples.length, "row")}, ${counted(countCells(plan), "completion")}.`);
}
