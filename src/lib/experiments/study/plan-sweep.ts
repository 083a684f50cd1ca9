import type { Dataset } from "../dataset/sample.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { drawAll } from "../samplers/design-sampler.js";
import { countDesign, createDesign, type DesignName, type Dimension } from "../samplers/designs.js";
import type { ScorerSet } from "../scoring/scorers.js";
import type { Correction } from "../../base/stats/multiplicity.js";
import { checkSizes } from "./check-sizes.js";
import { PARAMETERS } from "./parameters.js";
import { checkHasPlace, fillTemplate, readPromptText } from "./prompt-template.js";
import { describeSetting, isGreedy, type Setting, type StudyPlan } from "./study.js";

const DEFAULT_REPEATS = 3;
/** Repeats --until-ci goes up to. */
const MOST_REPEATS = 10;
const MOST_SETTINGS = 1000;

/** How several parameters go together: as a design has it, or nothing is varied: one setting. */
export type Design = DesignName | "one";

export interface SweepPlanOptions {
  design: Design;
  /** Parameters that all settings share, over the defaults. */
  fixed: Setting;
  strategies: readonly Setting[];
  /** Repeats of every setting; by default 3, and 1 where sampling is greedy and repeats would be copies. */
  repeats: number | undefined;
  seed: number;
  concurrency: number;
  correction: Correction;
  minEffect: number;
  scorers: ScorerSet;
  /** Whether repeats may be added where intervals stay too wide. */
  addRepeats: boolean;
}

/**
 * The plan of a sweep over the dimensions and strategies. One at a time, several parameters get the setting without any of them
 * as reference. Throws INVALID_ARGUMENT, and DATASET_INVALID where the samples lack what prompts or the scorer need.
 */
export function planSweep(dimensions: readonly Dimension[], dataset: Dataset, options: SweepPlanOptions): StudyPlan {
  const { settings, fixed } = arrange(dimensions, options);
  if (settings.length === 0) {
    throw new LlmopsError("INVALID_ARGUMENT", "Nothing to sweep: no parameter was named.", {
      hint: "For example: llmops sweep temperature 0.1..0.9, or --strategies default. To score one setting: llmops eval --set NAME=VALUE.",
    });
  }
  const repeats = settings.map((setting) => options.repeats ?? (isGreedy(fixed, setting) ? 1 : DEFAULT_REPEATS));
  const { scorers, primary } = options.scorers;
  const reference = settings.findIndex((setting) => Object.keys(setting).length === 0);
  const plan: StudyPlan = {
    name:
      options.design === "one"
        ? `eval ${describeSetting(settings[0] ?? {})}`
        : `sweep ${nameOf(dimensions, options.strategies, options.design)}`,
    settings,
    fixed,
    reference: reference < 0 ? null : reference,
    dataset,
    repeats,
    mostRepeats: Math.max(...repeats, options.addRepeats ? MOST_REPEATS : 0),
    scorers,
    primary,
    texts: readTexts([...settings, fixed], dataset),
    ...{ seed: options.seed, concurrency: options.concurrency, correction: options.correction, minEffect: options.minEffect },
  };
  checkPlan(plan);
  return plan;
}

/** The settings to try, and what all of them share. Of one setting, its parameters are the setting's own, so that tables and runs name them. */
function arrange(
  dimensions: readonly Dimension[],
  { strategies, design, fixed }: Pick<SweepPlanOptions, "strategies" | "design" | "fixed">,
): { settings: Setting[]; fixed: Setting } {
  const twice = dimensions.find(({ name }) => name !== "max_tokens" && fixed[name] !== undefined);
  if (twice) {
    throw new LlmopsError("INVALID_ARGUMENT", `${twice.name} is swept and also fixed to ${fixed[twice.name]}.`, {
      hint: `Leave out --set ${twice.name}, or do not sweep it.`,
    });
  }
  if (design !== "one") return { settings: drawDesign(dimensions, design, strategies), fixed };
  const { max_tokens: maxTokens, ...setting } = fixed;
  return { settings: [setting], fixed: maxTokens === undefined ? {} : { max_tokens: maxTokens } };
}

/** All settings of a design, the strategies first. */
function drawDesign(dimensions: readonly Dimension[], design: DesignName, strategies: readonly Setting[]): Setting[] {
  if (design === "zip") checkLengths(dimensions);
  const count = strategies.length + countDesign(design, dimensions);
  if (count <= MOST_SETTINGS) return drawAll(createDesign(design, dimensions, strategies));
  throw new LlmopsError("INVALID_ARGUMENT", `${count} settings are more than ${MOST_SETTINGS}.`, { hint: "Leave out some values." });
}

function checkLengths(dimensions: readonly Dimension[]): void {
  if (new Set(dimensions.map(({ values }) => values.length)).size <= 1) return;
  const counts = dimensions.map(({ name, values }) => `${name} ${values.length}`).join(", ");
  throw new LlmopsError("INVALID_ARGUMENT", `--zip needs the same number of values of every parameter, not ${counts}.`, {
    hint: "Use lists of equal length, or --grid for all combinations.",
  });
}

function nameOf(dimensions: readonly Dimension[], strategies: readonly Setting[], design: DesignName): string {
  const names = dimensions.map(({ name }) => name).join({ grid: " x ", zip: " + ", single: ", " }[design]);
  return [...(strategies.length > 0 ? ["strategies"] : []), ...(names === "" ? [] : [names])].join(", ");
}

/** The texts of prompt parameters, by their values. Throws what reading a file throws, and INVALID_ARGUMENT for a prompt without a place. */
export function readTexts(settings: readonly Setting[], { samples }: Pick<Dataset, "samples">): Record<string, string> {
  const values = settings.flatMap((setting) =>
    Object.entries(setting).flatMap(([name, value]) => (PARAMETERS[name]?.kind === "prompt" ? [String(value)] : [])),
  );
  // without a prototype: a prompt or a strategy may be called "constructor"
  const texts = Object.create(null) as Record<string, string>;
  for (const value of values) texts[value] ??= readPromptText(value);
  for (const { prompt } of settings) if (prompt !== undefined) checkHasPlace(texts[String(prompt)] ?? "", samples.length);
  return texts;
}

/**
 * What every plan is held to. Throws DATASET_INVALID unless every sample has what the prompts ask for, and one at least what the primary
 * scorer compares with; INVALID_ARGUMENT for a difference that matters which the primary score cannot reach.
 */
export function checkPlan({ dataset, texts, primary, minEffect }: Pick<StudyPlan, "dataset" | "texts" | "primary" | "minEffect">): void {
  checkSizes(primary, { minEffect });
  for (const text of Object.values(texts)) for (const sample of dataset.samples) fillTemplate(text, sample);
  if (primary.needsReference !== true || dataset.samples.some(({ answers }) => answers.length > 0)) return;
  throw new LlmopsError("DATASET_INVALID", `No row of ${dataset.path} has an answer, which the scorer ${primary.name} compares with.`, {
    hint: "Add answers, or choose a scorer that needs none, such as --scorer response_length, readability or a module of your own.",
  });
}
