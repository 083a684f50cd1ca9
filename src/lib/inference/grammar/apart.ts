import { combine, isEmpty, NO_END, TooComplex } from "./automaton.js";
import { countsOf, keywordOf, type Compilation } from "./compilation.js";
import { canonical, followsVariant, listedValues } from "./literal-values.js";
import { MemberKeys } from "./member-keys.js";
import { limitsOf } from "./number-values.js";
import type { SchemaNode } from "./schema-document.js";
import { stringAutomaton } from "./string-values.js";
import { typeOfValue, typesOf, type JsonType } from "./types.js";
import { variantsOf, type Variant } from "./variants.js";

/** Deeper differences are not looked for. */
const MOST_DEEP = 3;
const MOST_PAIRS = 400;

/** Whether no value follows both of these schemas, where that is easily seen: by types, listed values, limits, or a member that must be there. */
export function isApart(compilation: Compilation, a: readonly SchemaNode[], b: readonly SchemaNode[], depth = 0): boolean {
  if (depth > MOST_DEEP) return false;
  const [ones, others] = [a, b].map((nodes) => variantsOf(compilation.document, nodes, compilation.relax)) as [Variant[], Variant[]];
  compilation.effort.spend(10 * (1 + ones.length * others.length));
  if (ones.length * others.length > MOST_PAIRS) return false;
  return ones.every((one) => others.every((other) => areApart(compilation, [one, other], depth)));
}

type Pair = readonly [Variant, Variant];

function areApart(compilation: Compilation, pair: Pair, depth: number): boolean {
  const listed = pair.map((variant) => listedValues(compilation, variant));
  const [one, other] = pair.map((variant, index) => {
    const values = listed[index];
    return values ? [...new Set(values.map(typeOfValue))] : typesOf(compilation.document, variant).types;
  }) as [JsonType[], JsonType[]];
  const common = one.filter((type) => other.includes(type));
  if (listed[0] && listed[1]) return areDifferent(listed[0], listed[1]);
  if (listed[0]) return !listed[0].some((value) => followsVariant(compilation, pair[1], value));
  if (listed[1]) return !listed[1].some((value) => followsVariant(compilation, pair[0], value));
  return common.every((type) => APART[type](compilation, pair, depth));
}

function areDifferent(a: readonly unknown[], b: readonly unknown[]): boolean {
  const texts = new Set(a.map(canonical));
  return !b.some((value) => texts.has(canonical(value)));
}

const APART: Record<JsonType, (compilation: Compilation, pair: Pair, depth: number) => boolean> = {
  null: () => false,
  boolean: () => false,
  number: (compilation, pair) => {
    const [one, other] = pair.map((variant) => limitsOf(compilation, variant)) as [
      ReturnType<typeof limitsOf>,
      ReturnType<typeof limitsOf>,
    ];
    return isBelow(one, other) || isBelow(other, one);
  },
  string: stringsApart,
  array: (compilation, pair) => {
    const [one, other] = pair.map((variant) => countsOf(compilation, variant, ["minItems", "maxItems"]));
    return (one?.min ?? 0) > (other?.max ?? Infinity) || (other?.min ?? 0) > (one?.max ?? Infinity);
  },
  object: (compilation, [one, other], depth) => {
    const [own, others] = [new MemberKeys(compilation, one), new MemberKeys(compilation, other)];
    return [...own.required, ...others.required].some((name) => {
      const [here, there] = [own.schemasOf(name), others.schemasOf(name)];
      if (!here || !there || [...here, ...there].some(({ schema }) => schema === false)) return true;
      return own.required.has(name) && others.required.has(name) && isApart(compilation, here, there, depth + 1);
    });
  },
};

function isBelow({ high }: ReturnType<typeof limitsOf>, { low }: ReturnType<typeof limitsOf>): boolean {
  return high !== undefined && low !== undefined && (high.value < low.value || (high.value === low.value && (high.strict || low.strict)));
}

function stringsApart(compilation: Compilation, pair: Pair): boolean {
  const [one, other] = pair.map((variant) => ({ variant, ...stringAutomaton(compilation, variant), listed: keywordOf(variant, "enum") }));
  if (!one || !other) return false;
  if (one.automaton && other.automaton) {
    try {
      const common = combine([one.automaton, other.automaton], (labels) => (labels.includes(NO_END) ? NO_END : 0), compilation.effort);
      return isEmpty(common);
    } catch (thrown) {
      if (thrown instanceof TooComplex) return false;
      throw thrown;
    }
  }
  return one.lengths.min > (other.lengths.max ?? Infinity) || other.lengths.min > (one.lengths.max ?? Infinity);
}
