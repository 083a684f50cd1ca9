import { canonicalName } from "../dataset/column-names.js";
import type { Dataset } from "../dataset/sample.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { containsAllScorer, containsScorer } from "./contains.js";
import { commandScorer } from "./command-scorer.js";
import { moduleScorer } from "./custom.js";
import { exactScorer } from "./exact.js";
import { parseExpression, type Expression } from "./expression.js";
import { jsonScorer } from "./json-schema.js";
import { firstTokenScorer, latencyScorer } from "./latency.js";
import { numericScorer } from "./numeric.js";
import { PATTERN_COLUMNS, regexScorer, rowPatternScorer, termsScorer } from "./pattern.js";
import { readabilityScorer } from "./readability.js";
import { refusalScorer } from "./refusal.js";
import { responseLengthScorer } from "./response-length.js";
import type { Scorer } from "./scorer.js";
import { bleuScorer, levenshteinScorer, rougeLScorer, tokenF1Scorer } from "./text-overlap.js";
import { tokensPerSecondScorer } from "./tokens-per-second.js";
import { didYouMean } from "../../base/errors/nearest.js";

/** Scorers that every study runs. */
export const ALWAYS_SCORERS: readonly Scorer[] = [responseLengthScorer, latencyScorer, firstTokenScorer, tokensPerSecondScorer];

/** The scorers that need no argument, with what each measures: for help and documentation. */
const DESCRIBED: readonly (readonly [Scorer, string])[] = [
  [containsScorer, "the answer contains the reference as whole words"],
  [exactScorer, "the answer equals the reference after normalization"],
  [containsAllScorer, "the answer contains every accepted reference"],
  [numericScorer(0), "the answer's final number equals the reference's"],
  [tokenF1Scorer, "overlap of words, as an F1 score"],
  [rougeLScorer, "longest common subsequence of words, as an F1 score"],
  [bleuScorer, "overlap of n-grams of words"],
  [levenshteinScorer, "similarity by edit distance of characters"],
  [jsonScorer(), "the answer is JSON, alone or in one code fence"],
  [rowPatternScorer, "the answer matches the pattern in the row's own column `pattern` or `regex`"],
  [refusalScorer, "the answer is a refusal, in about thirty languages"],
  [readabilityScorer, "Flesch reading ease, of English text"],
  [responseLengthScorer, "words in the answer"],
  [latencyScorer, "seconds until the answer is complete"],
  [firstTokenScorer, "seconds until the first token"],
  [tokensPerSecondScorer, "speed of generation"],
];

/** The scorers that need no argument. */
export const PLAIN_SCORERS: readonly Scorer[] = DESCRIBED.map(([scorer]) => scorer);

/** Makes scorers of what stands after a colon, by what stands before it. */
export type ScorerFactories = Partial<Record<string, (argument: string) => Scorer | Promise<Scorer>>>;

/** A scorer that needs an argument: how it is written, what it measures. */
interface Parameterized {
  argument: string;
  about: string;
  make: (argument: string) => Scorer | Promise<Scorer>;
}

const WITH_ARGUMENT: Readonly<Record<string, Parameterized>> = {
  numeric: {
    argument: "TOLERANCE",
    about: "as numeric, within a relative tolerance such as 0.01",
    make: (tolerance) => numericScorer(toTolerance(tolerance)),
  },
  regex: {
    argument: "PATTERN",
    about: "the answer matches a regular expression, in which {{answer}} and other columns are inserted as literal text",
    make: regexScorer,
  },
  terms: { argument: "A,B", about: "how often the listed terms occur in the answer, recorded as term_count", make: termsScorer },
  json_schema: { argument: "FILE", about: "the answer is JSON that is valid against a schema", make: jsonScorer },
  command: { argument: "COMMAND", about: "what your program prints: it gets JSON on standard input and prints JSON", make: commandScorer },
};

/** What each scorer measures, by how it is named, in the order help and documentation show them. */
export const SCORER_ABOUTS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(DESCRIBED.map(([{ name }, about]) => [name, about])),
  ...Object.fromEntries(Object.entries(WITH_ARGUMENT).map(([name, { argument, about }]) => [`${name}:${argument}`, about])),
  "judge:RUBRIC": "a grade from a model",
};

/** What a study is scored with; the first scorer asked for says which setting is best. */
export interface ScorerSet {
  /** In the order their scores are made: a formula after what it uses. */
  scorers: Scorer[];
  primary: Scorer;
}

/** With the scorers that were named, in that order. */
export interface NamedScorers extends ScorerSet {
  asked: Scorer[];
}

/** How scorers are named, for help texts. */
export const SCORER_NAMES = `${Object.keys(SCORER_ABOUTS).join(", ")}, a module (./mine.mjs), or a formula (mix=0.7*contains+0.3*rouge_l)`;

/** The scorers of a study from what the user names, and those every study has; `more` adds kinds that need something from outside. Throws INVALID_ARGUMENT naming the ones there are. */
export async function resolveScorers(specs: readonly string[], more: ScorerFactories = {}, signal?: AbortSignal): Promise<NamedScorers> {
  const scorers = new Map<string, Scorer>();
  const asked: Scorer[] = [];
  const add = (scorer: Scorer) => {
    if (!scorers.has(scorer.name)) scorers.set(scorer.name, scorer);
    return scorer;
  };
  for (const spec of specs) {
    const formula = /^([\w-]+)\s*=(.+)$/s.exec(spec);
    if (!formula) {
      asked.push(add(await resolveOne(spec, more, signal)));
      continue;
    }
    const expression = parseExpression(formula[2] ?? "");
    const parts = expression.names.map((name) => add(scorers.get(name) ?? plainScorer(name)));
    asked.push(add(formulaScorer(formula[1] ?? "", expression, parts)));
  }
  for (const scorer of [containsScorer, exactScorer, ...ALWAYS_SCORERS]) add(scorer);
  const [primary = containsScorer] = asked;
  return { scorers: [...scorers.values()], primary, asked };
}

/** The scorers of a study whose user names none: rows with a pattern of their own are scored by it, beside a reference or alone. */
export function defaultScorers({ samples }: Pick<Dataset, "samples">): string[] {
  const hasPattern = samples.some(({ fields }) => Object.keys(fields).some((name) => PATTERN_COLUMNS.includes(canonicalName(name))));
  if (!hasPattern) return [];
  return samples.some(({ answers }) => answers.length > 0) ? [containsScorer.name, rowPatternScorer.name] : [rowPatternScorer.name];
}

async function resolveOne(spec: string, more: ScorerFactories, signal: AbortSignal | undefined): Promise<Scorer> {
  const colon = spec.indexOf(":");
  const kind = spec.slice(0, Math.max(0, colon));
  const make = more[kind] ?? WITH_ARGUMENT[kind]?.make;
  if (make) return make(spec.slice(colon + 1));
  if (/^\.{0,2}\/|\.[cm]?js$/.test(spec)) return moduleScorer(spec, signal);
  return plainScorer(spec);
}

function plainScorer(name: string): Scorer {
  const found = PLAIN_SCORERS.find((scorer) => scorer.name === name);
  if (found) return found;
  throw new LlmopsError("INVALID_ARGUMENT", `Unknown scorer "${name}".`, {
    hint: `${didYouMean(
      name,
      PLAIN_SCORERS.map((scorer) => scorer.name),
    )}Scorers: ${SCORER_NAMES}.`,
  });
}

/** Combines scores of the same completion; unscored where one of them is. A formula's rights and wrongs are summarized as a mean. */
function formulaScorer(formulaName: string, expression: Expression, parts: readonly Scorer[]): Scorer {
  return {
    name: formulaName,
    kind: "mean",
    direction: "max",
    needsReference: parts.some((part) => part.needsReference === true),
    score(_sample, _completion, context) {
      const value = expression.evaluate(Object.fromEntries(parts.map(({ name }) => [name, context?.earlier[name]?.value ?? null])));
      return value === null ? { value, explanation: "a part of the formula has no score" } : { value };
    },
  };
}

function toTolerance(text: string): number {
  const tolerance = Number(text);
  if (text.trim() !== "" && tolerance >= 0 && Number.isFinite(tolerance)) return tolerance;
  throw new LlmopsError("INVALID_ARGUMENT", `"${text}" is not a tolerance.`, { hint: "Write numeric:0.01 for one per cent." });
}
