import { LlmopsError } from "../../base/errors/llmops-error.js";

/** llama.cpp reads a grammar anew for each answer: these bounds keep that within some milliseconds. */
const MOST_RULES = 20_000;
const MOST_CHARACTERS = 1_500_000;

/** The rules of a grammar for llama.cpp (GBNF) as they come together; a part of a grammar is an expression that names some of them. */
export class GrammarRules {
  private readonly bodies = new Map<string, string>();
  private readonly names = new Map<string, string>();
  private readonly used = new Set<string>(["root"]);
  private readonly shared = new Map<string, string>();
  private characters = 0;

  /**
   * Adds a rule and gives the name to refer to it by; equal bodies share one rule. Throws INVALID_ARGUMENT where the grammar becomes too
   * large.
   */
  add(hint: string, body: string): string {
    const known = this.names.get(body);
    if (known !== undefined) return known;
    const name = this.reserve(hint);
    this.define(name, body);
    return name;
  }

  /** A rule of which there is one, by its key: `build` is asked for its body the first time, which may name the rule itself. */
  once(key: string, build: (name: string) => string): string {
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const name = this.reserve(key);
    this.shared.set(key, name);
    this.define(name, build(name));
    return name;
  }

  /** An expression that is made once, by what it says. */
  expression(key: string, make: () => string): string {
    const known = this.shared.get(key) ?? make();
    this.shared.set(key, known);
    return known;
  }

  /** A name for a rule that is yet to be defined, for what refers to itself. */
  reserve(hint: string): string {
    const plain = hint.replace(/[^a-zA-Z0-9]+/g, "-").slice(0, 40) || "rule";
    let name = plain;
    for (let count = this.used.size; this.used.has(name); count++) name = `${plain}-${count}`;
    this.used.add(name);
    return name;
  }

  /** Gives a reserved name its body. Throws as `add` does. */
  define(name: string, body: string): void {
    this.characters += name.length + body.length;
    if (this.bodies.size >= MOST_RULES || this.characters > MOST_CHARACTERS) {
      throw new LlmopsError(
        "INVALID_ARGUMENT",
        `The grammar is too large: more than ${MOST_RULES} rules, or ${MOST_CHARACTERS} characters.`,
        {
          hint: "Use smaller lists, counts, and patterns.",
        },
      );
    }
    this.bodies.set(name, body);
    if (!this.names.has(body)) this.names.set(body, name);
  }

  /** The GBNF text whose root is this expression. */
  toGrammar(root: string): string {
    return [`root ::= ${root}`, ...Array.from(this.bodies, ([name, body]) => `${name} ::= ${body}`)].join("\n");
  }
}

/** The GBNF string that stands for this text. */
export function literal(text: string): string {
  return `"${Array.from(text, (character) => (IN_CLASSES.has(character) ? character : escapeCharacter(character.codePointAt(0) ?? 0))).join("")}"`;
}

/** A character as it is written between the brackets of a class of a grammar. */
export function escapeCharacter(code: number): string {
  const known = ESCAPES.get(code);
  if (known !== undefined) return known;
  if (code >= 0x20 && code < 0x7f) return String.fromCodePoint(code);
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** They mean something between brackets alone. */
const IN_CLASSES = new Set("-[]^");

const ESCAPES = new Map([
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x22, '\\"'],
  [0x2d, "\\-"],
  [0x5b, "\\["],
  [0x5c, "\\\\"],
  [0x5d, "\\]"],
  [0x5e, "\\x5E"],
]);
