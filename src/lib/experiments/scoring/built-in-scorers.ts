import { LlmopsError } from "../../base/errors/llmops-error.js";
import { Registry } from "../../base/registry/registry.js";
import { commandScorer } from "./command-scorer.js";
import { containsAllScorer, containsScorer } from "./contains.js";
import { exactScorer } from "./exact.js";
import { jsonScorer } from "./json-schema.js";
import { firstTokenScorer, latencyScorer } from "./latency.js";
import { numericScorer } from "./numeric.js";
import { regexScorer, rowPatternScorer, termsScorer } from "./pattern.js";
import { readabilityScorer } from "./readability.js";
import { refusalScorer } from "./refusal.js";
import { responseLengthScorer } from "./response-length.js";
import type { Scorer, ScorerDefinition } from "./scorer.js";
import { bleuScorer, levenshteinScorer, rougeLScorer, tokenF1Scorer } from "./text-overlap.js";
import { tokensPerSecondScorer } from "./tokens-per-second.js";

/** Scorers that every study runs. */
export const ALWAYS_SCORERS: readonly Scorer[] = [responseLengthScorer, latencyScorer, firstTokenScorer, tokensPerSecondScorer];

/** A scorer that is always the same. */
function plain(scorer: Scorer, about: string): ScorerDefinition {
  const make = (argument: string | undefined) => {
    if (argument === undefined) return scorer;
    throw new LlmopsError("INVALID_ARGUMENT", `The scorer ${scorer.name} takes no argument, but "${argument}" was given.`, {
      hint: "Write its name alone.",
    });
  };
  return { name: scorer.name, about, make };
}

/** A scorer that is made of its argument. */
export function parameterized(
  name: string,
  argument: { placeholder: string; about: string },
  make: (argument: string) => Scorer | Promise<Scorer>,
): ScorerDefinition {
  return {
    ...{ name, argument },
    make: (text) => {
      if (text !== undefined) return make(text);
      throw new LlmopsError("INVALID_ARGUMENT", `The scorer ${name} needs an argument.`, {
        hint: `Write ${name}:${argument.placeholder}: ${argument.about}.`,
      });
    },
  };
}

/** A scorer with another form that takes an argument. */
function withArgument(alone: ScorerDefinition, other: ScorerDefinition): ScorerDefinition {
  return {
    ...other,
    ...(alone.about !== undefined && { about: alone.about }),
    make: (text) => (text === undefined ? alone : other).make(text),
  };
}

/** The scorers of llmops itself. */
export const BUILT_IN_SCORERS: Registry<ScorerDefinition> = new Registry<ScorerDefinition>("scorer", [
  plain(containsScorer, "the answer contains the reference as whole words"),
  plain(exactScorer, "the answer equals the reference after normalization"),
  plain(containsAllScorer, "the answer contains every accepted reference"),
  withArgument(
    plain(numericScorer(0), "the answer's final number equals the reference's"),
    parameterized("numeric", { placeholder: "TOLERANCE", about: "as numeric, within a relative tolerance such as 0.01" }, (text) =>
      numericScorer(toTolerance(text)),
    ),
  ),
  plain(tokenF1Scorer, "overlap of words, as an F1 score"),
  plain(rougeLScorer, "longest common subsequence of words, as an F1 score"),
  plain(bleuScorer, "overlap of n-grams of words"),
  plain(levenshteinScorer, "similarity by edit distance of characters"),
  plain(jsonScorer(), "the answer is JSON, alone or in one code fence"),
  withArgument(
    plain(rowPatternScorer, "the answer matches the pattern in the row's own column `pattern` or `regex`"),
    parameterized(
      "regex",
      {
        placeholder: "PATTERN",
        about: "the answer matches a regular expression, in which {{answer}} and other columns are inserted as literal text",
      },
      regexScorer,
    ),
  ),
  plain(refusalScorer, "the answer is a refusal, in about thirty languages"),
  plain(readabilityScorer, "Flesch reading ease, of English text"),
  plain(responseLengthScorer, "words in the answer"),
  plain(latencyScorer, "seconds until the answer is complete"),
  plain(firstTokenScorer, "seconds until the first token"),
  plain(tokensPerSecondScorer, "speed of generation"),
  parameterized(
    "terms",
    { placeholder: "A,B", about: "how often the listed terms occur in the answer, recorded as term_count" },
    termsScorer,
  ),
  parameterized("json_schema", { placeholder: "FILE", about: "the answer is JSON that is valid against a schema" }, jsonScorer),
  parameterized(
    "command",
    { placeholder: "COMMAND", about: "what your program prints: it gets JSON on standard input and prints JSON" },
    commandScorer,
  ),
]);

/** The built-in scorers that need no argument, for the generated reference. @public */
export const PLAIN_SCORERS: readonly Scorer[] = [...BUILT_IN_SCORERS].flatMap((definition) =>
  definition.about === undefined ? [] : [definition.make(undefined) as Scorer],
);

/** What each scorer measures, by how it is named, in the order help and documentation show them. */
export function describeScorers(scorers: Registry<ScorerDefinition>): Record<string, string> {
  const alone = [...scorers].flatMap(({ name, about }) => (about === undefined ? [] : [[name, about]]));
  const others = [...scorers].flatMap(({ name, argument }) => (argument ? [[`${name}:${argument.placeholder}`, argument.about]] : []));
  return Object.fromEntries([...alone, ...others]) as Record<string, string>;
}

/** The same of the built-in ones, and judge:RUBRIC. */
export const SCORER_ABOUTS: Readonly<Record<string, string>> = {
  ...describeScorers(BUILT_IN_SCORERS),
  "judge:RUBRIC": "a grade from a model",
};

function toTolerance(text: string): number {
  const tolerance = Number(text);
  if (text.trim() !== "" && tolerance >= 0 && Number.isFinite(tolerance)) return tolerance;
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a tolerance.`, { hint: "Write numeric:0.01 for one per cent." });
}
