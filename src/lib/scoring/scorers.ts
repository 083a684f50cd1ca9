import { LlmopsError } from "../errors/llmops-error.js";
import { containsScorer } from "./contains.js";
import { exactScorer } from "./exact.js";
import { latencyScorer } from "./latency.js";
import { responseLengthScorer } from "./response-length.js";
import type { Scorer } from "./scorer.js";
import { tokensPerSecondScorer } from "./tokens-per-second.js";

/** Scorers that compare with the reference: the first one of a study is its accuracy. */
export const REFERENCE_SCORERS: readonly Scorer[] = [containsScorer, exactScorer];
/** Scorers that every study runs. */
export const ALWAYS_SCORERS: readonly Scorer[] = [responseLengthScorer, latencyScorer, tokensPerSecondScorer];

/** The reference scorer of that name. Throws INVALID_ARGUMENT naming the ones there are. */
export function findReferenceScorer(name: string): Scorer {
  const found = REFERENCE_SCORERS.find((scorer) => scorer.name === name);
  if (found) return found;
  throw new LlmopsError("INVALID_ARGUMENT", `There is no scorer "${name}".`, {
    hint: `Scorers: ${REFERENCE_SCORERS.map((scorer) => scorer.name).join(", ")}.`,
  });
}
