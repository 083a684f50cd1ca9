import { isEmpty, NO_END, type Automaton, type Edge } from "./automaton.js";
import { ALL, charSet, contains, intersect, isAll, negate, onlyOf, toClass, type CharSet } from "./char-set.js";
import { escapeCharacter, literal, type GrammarRules } from "./rules.js";

/** How characters stand in the answer: as they are, or within a JSON string. */
export type Writing = "text" | "json";

export interface AutomatonWriting {
  hint: string;
  writing: Writing;
  /** What follows a text that ends with a label: an expression, empty where nothing does. */
  ends: readonly string[];
}

/** The expression of what an automaton knows, each text followed by what its label stands for. Undefined where it knows none. */
export function automatonExpression(rules: GrammarRules, automaton: Automaton, writing: AutomatonWriting): string | undefined {
  return isEmpty(automaton) ? undefined : new AutomatonWriter(rules, automaton, writing).write();
}

/** Each state is a rule, but those on the way from one to the other by one character alone are a literal. */
class AutomatonWriter {
  private readonly rules: GrammarRules;
  private readonly automaton: Automaton;
  private readonly options: AutomatonWriting;
  private readonly names: (string | undefined)[];
  private readonly ways: readonly number[];

  constructor(rules: GrammarRules, automaton: Automaton, options: AutomatonWriting) {
    this.rules = rules;
    this.automaton = automaton;
    this.options = options;
    this.names = automaton.edges.map(() => undefined);
    const ways: number[] = automaton.edges.map((_, state) => (state === 0 ? 1 : 0));
    for (const { to } of automaton.edges.flat()) ways[to] = (ways[to] ?? 0) + 1;
    this.ways = ways;
  }

  write(): string {
    const start = this.reach(0);
    for (let state = this.waiting.pop(); state !== undefined; state = this.waiting.pop()) {
      this.rules.define(this.names[state] ?? "", this.bodyOf(state));
    }
    return start;
  }

  private readonly waiting: number[] = [];

  /** What stands for a state: the name of its rule, or what follows the last character. */
  private reach(state: number): string {
    const end = this.endOf(state);
    if (this.edgesOf(state).length === 0 && end !== undefined) return end;
    const known = this.names[state];
    if (known !== undefined) return known;
    const name = this.rules.reserve(this.options.hint);
    this.names[state] = name;
    this.waiting.push(state);
    return name;
  }

  private bodyOf(state: number): string {
    const end = this.endOf(state);
    const alternatives = this.edgesOf(state).flatMap((edge) => this.alternativesOf(edge));
    // what most characters match comes last: llama.cpp looks at it first, and has few left for the others
    return [...(end === undefined ? [] : [end === "" ? '""' : end]), ...alternatives].join(" | ");
  }

  private alternativesOf({ set, to }: Edge): string[] {
    const only = onlyOf(set);
    if (only === undefined) {
      const rest = this.reach(to);
      const then = rest === "" ? "" : ` ${rest}`;
      return (this.options.writing === "text" ? [toClass(set)] : jsonCharacters(this.rules, set)).map((one) => `${one}${then}`);
    }
    const { text, state } = this.follow(String.fromCodePoint(only), to);
    const written = literal(this.options.writing === "text" ? text : JSON.stringify(text).slice(1, -1));
    return [[written, this.reach(state)].filter((part) => part !== "").join(" ")];
  }

  /** The text up to a state from which there is more than one way, or to which. */
  private follow(begun: string, from: number): { text: string; state: number } {
    let [text, state] = [begun, from];
    for (;;) {
      const [edge, ...others] = this.edgesOf(state);
      const only = edge && others.length === 0 && this.ways[state] === 1 && this.endOf(state) === undefined ? onlyOf(edge.set) : undefined;
      if (!edge || only === undefined) return { text, state };
      text += String.fromCodePoint(only);
      state = edge.to;
    }
  }

  private edgesOf(state: number): readonly Edge[] {
    return this.automaton.edges[state] ?? [];
  }

  private endOf(state: number): string | undefined {
    const label = this.automaton.ends[state] ?? NO_END;
    return label === NO_END ? undefined : (this.options.ends[label] ?? "");
  }
}

const PLAIN = negate(charSet([0x00, 0x1f], 0x22, 0x5c));
const SHORT: readonly (readonly [code: number, letter: string])[] = [
  [0x08, "b"],
  [0x09, "t"],
  [0x0a, "n"],
  [0x0c, "f"],
  [0x0d, "r"],
  [0x22, '"'],
  [0x5c, "\\"],
];

/**
 * The ways to write one of these characters in a JSON string, as alternatives: any escape where it may be any character, otherwise those
 * that JSON demands (RFC 8259, section 7).
 */
export function jsonCharacters(rules: GrammarRules, set: CharSet): string[] {
  if (isAll(set)) return [`"\\\\" ${jsonEscape(rules)}`, toClass(PLAIN)];
  const short = SHORT.filter(([code]) => contains(set, code));
  const escapes: string[] = [];
  if (short.length > 0) escapes.push(`"\\\\" [${short.map(([, letter]) => escapeCharacter(letter.charCodeAt(0))).join("")}]`);
  for (const high of [0, 1]) {
    const low = Array.from({ length: 16 }, (_, at) => at).filter((at) => isLong(set, high * 16 + at));
    if (low.length > 0) escapes.push(`"\\\\u00${high}" [${low.map((at) => at.toString(16)).join("")}]`);
  }
  const plain = intersect(set, PLAIN);
  return plain.length > 0 ? [...escapes, toClass(plain)] : escapes;
}

function isLong(set: CharSet, code: number): boolean {
  return contains(set, code) && !SHORT.some(([short]) => short === code);
}

/** The rule of what may follow a backslash; half a surrogate pair is not a character. */
function jsonEscape(rules: GrammarRules): string {
  return rules.once("json-escape", () => {
    const hex = "[0-9a-fA-F]";
    const single = `[0-9abcefABCEF] ${hex} ${hex} ${hex} | [dD] [0-7] ${hex} ${hex}`;
    const pair = `[dD] [89abAB] ${hex} ${hex} "\\\\u" [dD] [c-fC-F] ${hex} ${hex}`;
    return `["\\\\/bfnrt] | "u" ( ${single} | ${pair} )`;
  });
}

/** One character of a JSON string, in any way it may be written. */
export function jsonCharacter(rules: GrammarRules): string {
  return rules.once("json-character", () => jsonCharacters(rules, ALL).join(" | "));
}
