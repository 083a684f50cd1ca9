import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { ResponseFormat } from "../openai/completion.js";
import { Effort, TooComplex } from "./automaton.js";
import { automatonExpression } from "./automaton-rules.js";
import { readGbnf, WrongGrammar } from "./gbnf.js";
import { checkGbnf } from "./gbnf-check.js";
import { compileJsonSchema, type Relaxed } from "./json-schema.js";
import { anyObject } from "./json-value.js";
import { regexAutomaton } from "./regex-automaton.js";
import { GrammarRules } from "./rules.js";
import { trieOf } from "./trie.js";
import { UnreadableRegex } from "./unreadable-regex.js";

/** The grammar of a format of answers, and what of it answers are not held to. */
export interface FormatGrammar {
  grammar: string;
  relaxed: readonly Relaxed[];
}

/** Some 500 ms at most, where a list of texts costs less for its steps. */
const REGEX_EFFORT = 300_000;
const CHOICE_EFFORT = 600_000;
const MOST_CHARACTERS = 1_000_000;
const HALF = /\p{Surrogate}/u;

/**
 * The grammar that holds an answer to a format. Throws INVALID_ARGUMENT, or UNSUPPORTED_PARAMETER for a strict schema, naming `param`, or
 * the field that the format says it came in.
 */
export function compileFormat(format: ResponseFormat, param: string): FormatGrammar {
  const field = format.field ?? param;
  const made = makeGrammar(format, field);
  checkGrammar(made.grammar, field);
  return made;
}

/** Throws INVALID_ARGUMENT, naming `param`, for a grammar (GBNF) that is wrong, or would hold llama.cpp up. */
export function checkGrammar(grammar: string, param: string): void {
  try {
    checkGbnf(readGbnf(grammar));
  } catch (thrown) {
    if (thrown instanceof WrongGrammar) throw refusal(param, thrown.message, thrown);
    throw thrown;
  }
}

function makeGrammar(format: ResponseFormat, param: string): FormatGrammar {
  switch (format.type) {
    case "json_schema":
      return compileJsonSchema(format.schema, { strict: format.strict ?? false, param });
    case "json_object":
      return fromRules(anyObject);
    case "regex":
      refuseHalves([format.pattern], param);
      return fromRules((rules) => regexExpression(rules, format.pattern, param));
    case "choice":
      refuseHalves(format.choices, param);
      return fromRules((rules) => choiceExpression(rules, format.choices, param));
    case "grammar":
      if (format.grammar.length > MOST_CHARACTERS) throw refusal(param, `it has more than ${MOST_CHARACTERS} characters`);
      refuseHalves([format.grammar], param);
      return { grammar: format.grammar, relaxed: [] };
  }
}

/** No answer has half a character: UTF-8 cannot write it. Throws INVALID_ARGUMENT. */
function refuseHalves(texts: readonly string[], param: string): void {
  const half = texts.map((text) => HALF.exec(text)?.[0]).find((found) => found !== undefined);
  if (half !== undefined) throw refusal(param, `${JSON.stringify(half)} is half a character (a lone surrogate)`);
}

function fromRules(write: (rules: GrammarRules) => string): FormatGrammar {
  const rules = new GrammarRules();
  return { grammar: rules.toGrammar(write(rules)), relaxed: [] };
}

/** The expression of the texts that a regular expression matches as a whole. Throws INVALID_ARGUMENT. */
function regexExpression(rules: GrammarRules, pattern: string, param: string): string {
  try {
    const automaton = regexAutomaton(pattern, { whole: true, effort: new Effort(REGEX_EFFORT) });
    const expression = automatonExpression(rules, automaton, { hint: "text", writing: "text", ends: [""] });
    if (expression === undefined) throw new UnreadableRegex("no text matches it");
    return expression || '""';
  } catch (thrown) {
    if (thrown instanceof UnreadableRegex || thrown instanceof TooComplex) throw refusal(param, thrown.message, thrown);
    throw thrown;
  }
}

function choiceExpression(rules: GrammarRules, choices: readonly string[], param: string): string {
  try {
    const automaton = trieOf(new Map(choices.map((text) => [text, 0])), new Effort(CHOICE_EFFORT));
    return automatonExpression(rules, automaton, { hint: "choice", writing: "text", ends: [""] }) || '""';
  } catch (thrown) {
    if (thrown instanceof TooComplex) throw refusal(param, thrown.message, thrown);
    throw thrown;
  }
}

function refusal(param: string, problem: string, cause?: unknown): LlmopsError {
  const hint = "See the guide to serve for what grammars and regular expressions may say.";
  return new LlmopsError("INVALID_ARGUMENT", `${param}: no answer can be held to it: ${problem}.`, { hint, param, cause });
}
