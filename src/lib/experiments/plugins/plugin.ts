import type { OptionsSchema } from "../../base/registry/named-options.js";
import type { ComparingTask, GradingTask } from "../judge/judge-method.js";
import type { Sampler, SamplerContext } from "../samplers/sampler.js";
import type { SearchSpace } from "../samplers/space.js";
import type { CustomScorer, ScoreFunction } from "../scoring/module-types.js";

/** The version of what a plugin exports and of what it is called with. It grows when a plugin written for an earlier one would fail. */
export const PLUGIN_API = 1;

/** What a plugin's sampler gives: `ask`, and perhaps `rank`; without it the settings with the best values seen come first. */
export type PluginSampler = Pick<Sampler, "ask"> & Partial<Pick<Sampler, "rank">>;

/** A sampler of a plugin. */
export interface CustomSampler<Options = unknown> {
  /** How it chooses the next setting, in a few words. */
  about?: string;
  /** What may follow the name: `NAME:key=value`. */
  options?: OptionsSchema<Options>;
  create(space: SearchSpace, context: SamplerContext, options: Options): PluginSampler;
}

/** What a plugin's judge says of an answer: the score on the rubric's scale, or null with the reason. */
export interface Grade {
  score: number | null;
  justification?: string | null;
  /** The probability of each level, lowest first. */
  distribution?: readonly number[] | null;
  /** Why there is no score. */
  problem?: string;
}

/** What a plugin's judge says of two answers. */
export interface Preference {
  winner: "A" | "B" | "tie" | null;
  justification?: string | null;
  /** Of A, B, and tie. */
  distribution?: readonly number[] | null;
  /** Why there is no preference. */
  problem?: string;
}

/** A judge of a plugin: it grades an answer by a rubric, and perhaps compares two. */
export interface CustomJudge<Options = unknown> {
  /** How it comes to a verdict, in a few words. */
  about?: string;
  /** What may follow the name: `NAME:key=value`. */
  options?: OptionsSchema<Options>;
  /** Grows when verdicts change: scores of different versions are not compared. */
  version?: string | number;
  /** false for a judge that asks no model; then none is loaded for it. */
  asksModel?: boolean;
  score(task: GradingTask, options: Options): number | null | Grade | Promise<number | null | Grade>;
  compare?(task: ComparingTask, options: Options): Preference["winner"] | Preference | Promise<Preference["winner"] | Preference>;
}

/** The default export of a plugin: what it adds, by name. Names have letters, digits, and underscores. */
export interface Plugin {
  api: typeof PLUGIN_API;
  scorers?: Readonly<Record<string, ScoreFunction | CustomScorer>>;
  samplers?: Readonly<Record<string, CustomSampler>>;
  judges?: Readonly<Record<string, CustomJudge>>;
}

/** The plugin, unchanged: has an editor check what it exports. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}

/** The scorer, unchanged, with its options typed by their schema. */
export function defineScorer<Options>(scorer: CustomScorer<Options>): CustomScorer<Options> {
  return scorer;
}

/** The sampler, unchanged, with its options typed by their schema. */
export function defineSampler<Options>(sampler: CustomSampler<Options>): CustomSampler<Options> {
  return sampler;
}

/** The judge, unchanged, with its options typed by their schema. */
export function defineJudge<Options>(judge: CustomJudge<Options>): CustomJudge<Options> {
  return judge;
}

/** A plugin that was loaded. */
export interface LoadedPlugin {
  /** As it was named. */
  source: string;
  /** The file that was imported; absent for a plugin that was handed over. */
  path?: string;
  plugin: Plugin;
}
