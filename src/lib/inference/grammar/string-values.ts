import { both, TooComplex, without, type Automaton } from "./automaton.js";
import { jsonCharacter } from "./automaton-rules.js";
import { countsOf, keywordOf, type Compilation, type Counts } from "./compilation.js";
import { NOTHING, sequence, type Expression } from "./expression.js";
import { formatRegex, isNote } from "./formats.js";
import { anyString } from "./json-value.js";
import { MOST_REPEATS, repeated } from "./repeat.js";
import { regexAutomaton } from "./regex-automaton.js";
import { isObject, type SchemaNode } from "./schema-document.js";
import { lengthsOf, textsOfLength, trieOf } from "./trie.js";
import type { Variant } from "./variants.js";

const LENGTHS = ["minLength", "maxLength"] as const;
/** A pattern's states are there once for each count. */
const MOST_STATES = 6000;
const FREE: Counts = { min: 0, max: undefined };

/** A JSON string that follows schemas. */
export function stringExpression(compilation: Compilation, variant: Variant): Expression {
  const { rules } = compilation;
  const { automaton, lengths } = stringAutomaton(compilation, variant);
  if (automaton) return sequence('"\\""', { kind: "automaton", automaton, writing: "json", ends: ['"\\""'], hint: "text" });
  const { min, max } = lengths;
  if (max !== undefined && min > max) return NOTHING;
  if (min === 0 && max === undefined) return rules.add("json-string", anyString(rules));
  return rules.add("text", ['"\\""', repeated(rules, jsonCharacter(rules), min, max), '"\\""'].filter((part) => part !== "").join(" "));
}

/** What strings may be: the texts of an automaton, or any of a length. */
export interface Strings {
  automaton: Automaton | undefined;
  lengths: Counts;
}

const MADE = new WeakMap<Variant, Strings>();

/** What strings may be by schemas. */
export function stringAutomaton(compilation: Compilation, variant: Variant): Strings {
  const made = MADE.get(variant) ?? makeStrings(compilation, variant);
  MADE.set(variant, made);
  return made;
}

function makeStrings(compilation: Compilation, variant: Variant): Strings {
  const automaton = exclude(compilation, variant, join(compilation, variant));
  const lengths = boundedLengths(compilation, variant);
  if (!automaton) return { automaton, lengths };
  return { automaton: withLengths(compilation, variant, automaton, lengths), lengths: FREE };
}

/** All patterns and formats together. */
function join(compilation: Compilation, variant: Variant): Automaton | undefined {
  let joined: Automaton | undefined;
  for (const node of variant) {
    for (const keyword of ["pattern", "format"]) {
      const own = keyword === "pattern" ? patternOf(compilation, node) : formatOf(compilation, node);
      if (!own) continue;
      const before = joined;
      joined = before ? attempt(compilation, { node, keyword }, before, () => both(before, own, compilation.effort)) : own;
    }
  }
  return joined;
}

/** What an automaton becomes; as it was, and relaxed, where that takes too many states. */
function attempt(
  { relax }: Compilation,
  { node, keyword }: { node: SchemaNode; keyword: string },
  before: Automaton,
  make: () => Automaton,
): Automaton {
  try {
    return make();
  } catch (thrown) {
    if (!(thrown instanceof TooComplex)) throw thrown;
    relax(node, keyword, `together with its neighbors, ${thrown.message}`);
    return before;
  }
}

function patternOf({ document, regex }: Compilation, node: SchemaNode): Automaton | undefined {
  const pattern = node.schema === false ? undefined : node.schema["pattern"];
  if (pattern === undefined) return undefined;
  if (typeof pattern !== "string") throw document.refusal(`${node.pointer}/pattern`, "expected a string");
  return regex(node, "pattern", pattern);
}

function formatOf({ effort, relax, automaton }: Compilation, node: SchemaNode): Automaton | undefined {
  const format = node.schema === false ? undefined : node.schema["format"];
  if (typeof format !== "string" || isNote(format)) return undefined;
  const source = formatRegex(format);
  if (source !== undefined) return automaton(`format ${format}`, () => regexAutomaton(source, { whole: true, effort }));
  if (node.schema !== false && node.schema["pattern"] === undefined)
    relax(node, "format", `${JSON.stringify(format)} is not a known format`);
  return undefined;
}

/** Without the texts that a schema under "not" lists. */
function exclude(compilation: Compilation, variant: Variant, automaton: Automaton | undefined): Automaton | undefined {
  let left = automaton;
  for (const { node, value } of keywordOf(variant, "not")) {
    const texts = excludedValues(value)?.filter((one) => typeof one === "string") ?? [];
    if (texts.length === 0) continue;
    const before = left ?? textsOfLength(0, undefined);
    const trie = trieOf(new Map(texts.map((text) => [text, 0])), compilation.effort);
    left = attempt(compilation, { node, keyword: "not" }, before, () => without(before, trie, compilation.effort));
  }
  return left;
}

/** The values that a schema under "not" lists, where it says nothing else. */
export function excludedValues(not: unknown): readonly unknown[] | undefined {
  if (!isObject(not) || Object.keys(not).length !== 1) return undefined;
  return not["const"] !== undefined ? [not["const"]] : Array.isArray(not["enum"]) ? (not["enum"] as unknown[]) : undefined;
}

function boundedLengths(compilation: Compilation, variant: Variant): Counts {
  const { min, max } = countsOf(compilation, variant, LENGTHS);
  for (const keyword of LENGTHS) {
    for (const { node, value } of keywordOf(variant, keyword)) {
      if (Number(value) > MOST_REPEATS) compilation.relax(node, keyword, `no answer has more than ${MOST_REPEATS} characters`);
    }
  }
  return { min: Math.min(min, MOST_REPEATS), max: max !== undefined && max > MOST_REPEATS ? undefined : max };
}

function withLengths(compilation: Compilation, variant: Variant, automaton: Automaton, { min, max }: Counts): Automaton {
  const { least, most } = lengthsOf(automaton);
  const [missesMin, missesMax] = [least < min, max !== undefined && most > max];
  if (!missesMin && !missesMax) return automaton;
  const [low, high] = [missesMin ? min : 0, missesMax ? max : undefined];
  const keyword = missesMax ? "maxLength" : "minLength";
  const [first] = keywordOf(variant, keyword);
  if (!first) return automaton;
  return attempt(compilation, { node: first.node, keyword }, automaton, () => {
    const counted = Math.max(low, high ?? 0);
    if (automaton.edges.length * counted > MOST_STATES) throw new TooComplex(`it has to count ${counted} characters at each of its places`);
    return both(automaton, textsOfLength(low, high), compilation.effort);
  });
}
