/**
 * Checks for authors of plugins: each throws an Error that says, in words, which rule does not hold. They need no test framework.
 *
 *     import { checkScorer } from "llmops/testing";
 *     await checkScorer(plugin.scorers.brief);
 */
export { checkScorer, type ScoredCase } from "./check-scorer.js";
export { checkSampler, type SamplerCase } from "./check-sampler.js";
export { checkJudge } from "./check-judge.js";
