import type { Dataset } from "../dataset/sample.js";
import { takeSamples } from "../dataset/take-samples.js";
import { gridSettings } from "../samplers/grid.js";
import type { Scorer } from "../scoring/scorer.js";
import { ALWAYS_SCORERS, REFERENCE_SCORERS } from "../scoring/scorers.js";
import type { Dimension } from "./search-space.js";
import type { Setting, StudyPlan } from "./study.js";

const DEFAULT_REPEATS = 3;

export interface SweepOptions {
  /** Rows used; 0 uses all. */
  limit: number;
  /** Repeats of every setting; by default 3, and 1 where sampling is greedy and repeats would be copies. */
  repeats: number | undefined;
  seed: number;
  concurrency: number;
  maxTokens: number;
  systemPrompt: string | undefined;
  primary: Scorer;
}

/** The plan of a grid over the dimensions. */
export function planSweep(dimensions: readonly Dimension[], dataset: Dataset, options: SweepOptions): StudyPlan {
  const { limit, seed, concurrency, primary } = options;
  const samples = limit === 0 ? dataset.samples : takeSamples(dataset.samples, limit, seed);
  const settings = gridSettings(dimensions);
  const fixed: Setting = dimensions.some((d) => d.name === "max_tokens") ? {} : { max_tokens: options.maxTokens };
  return {
    name: `sweep ${dimensions.map((d) => d.name).join(" x ")}`,
    settings,
    fixed,
    dataset: { ...dataset, samples },
    repeats: settings.map((setting) => options.repeats ?? (setting["temperature"] === 0 ? 1 : DEFAULT_REPEATS)),
    scorers: [...REFERENCE_SCORERS, ...ALWAYS_SCORERS],
    primary,
    systemPrompt: options.systemPrompt,
    seed,
    concurrency,
  };
}
