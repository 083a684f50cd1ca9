import type { OptionsSchema } from "../../base/registry/named-options.js";
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

/** The default export of a plugin: what it adds, by name. Names have letters, digits, and underscores. */
export interface Plugin {
  api: typeof PLUGIN_API;
  scorers?: Readonly<Record<string, ScoreFunction | CustomScorer>>;
  samplers?: Readonly<Record<string, CustomSampler>>;
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

/** A plugin that was loaded. */
export interface LoadedPlugin {
  /** As it was named. */
  source: string;
  /** The file that was imported; absent for a plugin that was handed over. */
  path?: string;
  plugin: Plugin;
}
