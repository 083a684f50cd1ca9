/** What plugins are written with: `import { definePlugin } from "llmops/plugin"`. A plugin may also be a plain object, without any import. */
export { defineJudge, definePlugin, defineSampler, defineScorer, PLUGIN_API } from "./plugin.js";
export type { CustomJudge, CustomSampler, Grade, Plugin, PluginSampler, Preference } from "./plugin.js";
export { loadPlugins, type Plugins, type PluginSource } from "./load-plugins.js";
export type { OptionsSchema } from "../../base/registry/named-options.js";
export type { ComparingTask, GradingTask } from "../judge/judge-method.js";
export type { Observation, Proposal, SamplerContext, SearchState } from "../samplers/sampler.js";
export type { Params, SearchDimension, SearchSpace } from "../samplers/space.js";
export type { CustomScorer, ModuleScore, ScoredCompletion, ScoredSample, ScoreFunction } from "../scoring/module-types.js";
