import { both, isEmpty, TooComplex, type Automaton } from "./automaton.js";
import { keywordOf, type Compilation } from "./compilation.js";
import { toBound, toDecimal } from "./decimal.js";
import { NOTHING, type Expression } from "./expression.js";
import { ANY_INTEGER, anyNumber } from "./json-value.js";
import { multiplesOf } from "./multiples.js";
import { atLeast, atMost, exactNumbers, plainNumbers, wholeNumbers } from "./number-patterns.js";
import type { Pattern } from "./pattern.js";
import { toAutomaton } from "./pattern-automaton.js";
import type { SchemaNode } from "./schema-document.js";
import { trieOf } from "./trie.js";
import type { Variant } from "./variants.js";

/** What a number's digits cannot reach. */
const BEYOND = 1e21;
const LIMITS = ["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"] as const;
/** Multiples in a range that are rather listed than counted. */
const MOST_LISTED = 1000;

export interface Limit {
  value: number;
  strict: boolean;
}

/** The limits that schemas set for numbers. */
export interface Limits {
  low: Limit | undefined;
  high: Limit | undefined;
}

/** A JSON number that follows schemas; with limits or multiples it is written without an exponent. */
export function numberExpression(compilation: Compilation, variant: Variant, integer: boolean): Expression {
  const multiples = multiplesIn(compilation, variant).filter(({ divisor }) => !(integer && divisor === 1));
  const isWhole = integer || multiples.some(({ divisor }) => Number.isInteger(divisor));
  const limits = { ...limitsOf(compilation, variant), isWhole };
  // of a limit that no digits reach, an exponent could be past
  const isFree = LIMITS.every((keyword) => keywordOf(variant, keyword).length === 0) && multiples.length === 0;
  if (isFree) return isWhole ? compilation.rules.add("json-integer", ANY_INTEGER) : anyNumber(compilation.rules);
  if (isApartFrom(limits)) return NOTHING;
  const make = () => listMultiples(compilation, limits, multiples) ?? counted(compilation, limits, multiples);
  const automaton = multiples.length > 0 ? make() : compilation.automaton(JSON.stringify(["number", limits]), make);
  return isEmpty(automaton) ? NOTHING : { kind: "automaton", automaton, writing: "text", ends: [""], hint: isWhole ? "integer" : "number" };
}

/** Whether no number is between two limits. */
function isApartFrom({ low, high }: Limits): boolean {
  if (!low || !high) return false;
  return low.value > high.value || (low.value === high.value && (low.strict || high.strict));
}

interface Multiple {
  divisor: number;
  node: SchemaNode;
}

function counted(compilation: Compilation, limits: Limits & { isWhole: boolean }, multiples: readonly Multiple[]): Automaton {
  const { effort } = compilation;
  const plain = limits.isWhole ? [wholePattern(limits)] : numberPatterns(limits);
  const patterns = plain.map((pattern) => compilation.automaton(JSON.stringify(pattern), () => toAutomaton(pattern, effort)));
  const automaton = patterns.slice(1).reduce((joined, one) => both(joined, one, effort), patterns[0] as Automaton);
  return multiples.reduce((joined, multiple) => withMultiples(compilation, joined, multiple, limits.isWhole), automaton);
}

function withMultiples(
  { effort, relax, automaton }: Compilation,
  before: Automaton,
  { divisor, node }: Multiple,
  isWhole: boolean,
): Automaton {
  if (divisor === 1 && isWhole) return before;
  try {
    const own = multiplesOf(divisor, effort);
    if (!own) throw new TooComplex(`multiples of ${divisor} are not told by a few digits`);
    const places = isWhole ? 0 : toDecimal(divisor).fraction.length;
    const exact = both(
      before,
      automaton(`exact ${places}`, () => toAutomaton(exactNumbers(places), effort)),
      effort,
    );
    return both(exact, own, effort);
  } catch (thrown) {
    if (!(thrown instanceof TooComplex)) throw thrown;
    relax(node, "multipleOf", thrown.message);
    return before;
  }
}

function wholePattern({ low, high }: Limits): Pattern {
  return wholeNumbers(
    low && toBound(low.value, { up: true, strict: low.strict }),
    high && toBound(high.value, { up: false, strict: high.strict }),
  );
}

function numberPatterns({ low, high }: Limits): Pattern[] {
  const bounds = [low, high].flatMap((limit) => (limit?.strict ? limit.value : []));
  return [plainNumbers(bounds), ...(low ? [atLeast(low.value, low.strict)] : []), ...(high ? [atMost(high.value, high.strict)] : [])];
}

/** The multiples between two limits, where they are few. */
function listMultiples({ effort }: Compilation, { low, high }: Limits, multiples: readonly Multiple[]): Automaton | undefined {
  const [first] = multiples;
  if (!first || !low || !high || !multiples.every(({ divisor }) => Number.isSafeInteger(divisor))) return undefined;
  const step = BigInt(first.divisor);
  const from = ceilTo(toBound(low.value, { up: true, strict: low.strict }), step);
  const to = toBound(high.value, { up: false, strict: high.strict });
  if ((to - from) / step > MOST_LISTED) return undefined;
  const texts = new Map<string, number>();
  for (let value = from; value <= to; value += step) {
    if (multiples.every(({ divisor }) => value % BigInt(divisor) === 0n)) texts.set(value.toString(), 0);
  }
  return trieOf(texts, effort);
}

function ceilTo(value: bigint, step: bigint): bigint {
  const rest = ((value % step) + step) % step;
  return rest === 0n ? value : value + step - rest;
}

function multiplesIn({ document }: Compilation, variant: Variant): Multiple[] {
  return keywordOf(variant, "multipleOf").map(({ node, value }) => {
    if (typeof value === "number" && value > 0) return { divisor: value, node };
    throw document.refusal(`${node.pointer}/multipleOf`, `${JSON.stringify(value)} is not above 0`);
  });
}

/** The narrowest of all limits. Throws INVALID_ARGUMENT for a limit that is not a number. */
export function limitsOf(compilation: Compilation, variant: Variant): Limits {
  const lows = [...limits(compilation, variant, "minimum"), ...limits(compilation, variant, "exclusiveMinimum")];
  const highs = [...limits(compilation, variant, "maximum"), ...limits(compilation, variant, "exclusiveMaximum")];
  return {
    low: lows.sort((a, b) => b.value - a.value || Number(b.strict) - Number(a.strict))[0],
    high: highs.sort((a, b) => a.value - b.value || Number(b.strict) - Number(a.strict))[0],
  };
}

/**
 * Before draft 6, and in OpenAPI 3.0, "exclusive" says true or false of the other keyword. Limits that no digits reach are left out:
 * those on the far side say nothing, those on the near side are relaxed.
 */
function limits({ document, relax }: Compilation, variant: Variant, keyword: string): Limit[] {
  const isExclusive = keyword.startsWith("exclusive");
  return keywordOf(variant, keyword).flatMap(({ node, value }): Limit[] => {
    if (isExclusive && typeof value === "boolean") return [];
    if (typeof value !== "number" || !Number.isFinite(value)) {
      throw document.refusal(`${node.pointer}/${keyword}`, `${JSON.stringify(value)} is not a number`);
    }
    if (Math.abs(value) >= BEYOND) {
      if (value > 0 === /minimum/i.test(keyword)) relax(node, keyword, "numbers beyond 1e21 are not written in digits");
      return [];
    }
    const other = node.schema !== false && node.schema[keyword === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum"] === true;
    return [{ value, strict: isExclusive || other }];
  });
}
