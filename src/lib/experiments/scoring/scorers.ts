import { canonicalName } from "../dataset/column-names.js";
import type { Dataset } from "../dataset/sample.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { didYouMean } from "../../base/errors/nearest.js";
import { splitChoice } from "../../base/registry/named-options.js";
import type { Registry } from "../../base/registry/registry.js";
import { ALWAYS_SCORERS, BUILT_IN_SCORERS, describeScorers } from "./built-in-scorers.js";
import { containsScorer } from "./contains.js";
import { moduleScorer } from "./custom.js";
import { exactScorer } from "./exact.js";
import { parseExpression, type Expression } from "./expression.js";
import { PATTERN_COLUMNS, rowPatternScorer } from "./pattern.js";
import type { Scorer, ScorerDefinition } from "./scorer.js";

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

/**
 * The scorers of a study from what the user names, and those every study has; `known` are those that names may mean. Throws
 * INVALID_ARGUMENT naming the ones there are.
 */
export async function resolveScorers(
  specs: readonly string[],
  known: Registry<ScorerDefinition> = BUILT_IN_SCORERS,
  signal?: AbortSignal,
): Promise<NamedScorers> {
  const scorers = new Map<string, Scorer>();
  const written = new Map<string, string>();
  const asked: Scorer[] = [];
  const add = (scorer: Scorer, spec = scorer.name) => {
    const { name } = scorer;
    if (written.has(name) && written.get(name) !== spec) throw namedTwice(name, [written.get(name) ?? "", spec]);
    if (!scorers.has(name)) scorers.set(name, scorer);
    written.set(name, spec);
    return scorers.get(name) ?? scorer;
  };
  for (const spec of specs) {
    const formula = /^([\w-]+)\s*=(.+)$/s.exec(spec);
    if (!formula) {
      asked.push(add(await resolveOne(spec, known, signal), spec));
      continue;
    }
    const expression = parseExpression(formula[2] ?? "");
    const parts: Scorer[] = [];
    for (const name of expression.names) {
      parts.push(scorers.get(name) ?? add(await definitionOf(name, known).make(undefined, signal)));
    }
    asked.push(add(formulaScorer(formula[1] ?? "", expression, parts), spec));
  }
  for (const scorer of [containsScorer, exactScorer, ...ALWAYS_SCORERS]) if (!scorers.has(scorer.name)) add(scorer);
  const [primary = containsScorer] = asked;
  return { scorers: [...scorers.values()], primary, asked };
}

/** Scores, columns and gates go by a scorer's name: a second one of that name would vanish. */
function namedTwice(name: string, specs: readonly [string, string]): LlmopsError {
  return new LlmopsError("INVALID_ARGUMENT", `The scorer ${name} was given in two ways: ${specs.join(" and ")}.`, {
    hint: "Name it once, or score with each in a separate run.",
  });
}

/** The scorers of a study whose user names none: rows with a pattern of their own are scored by it, beside a reference or alone. */
export function defaultScorers({ samples }: Pick<Dataset, "samples">): string[] {
  const hasPattern = samples.some(({ fields }) => Object.keys(fields).some((name) => PATTERN_COLUMNS.includes(canonicalName(name))));
  if (!hasPattern) return [];
  return samples.some(({ answers }) => answers.length > 0) ? [containsScorer.name, rowPatternScorer.name] : [rowPatternScorer.name];
}

async function resolveOne(spec: string, known: Registry<ScorerDefinition>, signal: AbortSignal | undefined): Promise<Scorer> {
  const { name, text } = splitChoice(spec);
  const found = known.find(name);
  if (found) return found.make(text, signal);
  if (/^\.{0,2}\/|\.[cm]?js$/.test(spec)) return moduleScorer(spec, signal);
  return definitionOf(spec, known).make(undefined, signal);
}

/** Throws INVALID_ARGUMENT naming the scorers there are. */
function definitionOf(name: string, known: Registry<ScorerDefinition>): ScorerDefinition {
  const found = known.find(name);
  if (found) return found;
  throw new LlmopsError("INVALID_ARGUMENT", `Unknown scorer "${name}".`, {
    hint:
      `${didYouMean(name, known.names)}Available: ${Object.keys(describeScorers(known)).join(", ")}, a module (./mine.mjs), ` +
      "or a formula (mix=0.7*contains+0.3*rouge_l).",
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
