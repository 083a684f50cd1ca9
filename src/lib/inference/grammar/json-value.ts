import { jsonCharacter } from "./automaton-rules.js";
import { literal, type GrammarRules } from "./rules.js";

/** Between the parts of a JSON text: bounded, so that a model cannot continue with spaces for ever. */
export function whiteSpace(rules: GrammarRules): string {
  return rules.once("ws", () => String.raw`"" | " " | "\n" [ \t]{0,20}`);
}

/** Any JSON string. */
export function anyString(rules: GrammarRules): string {
  const characters = rules.once("json-characters", (name) => `"\\"" | ${jsonCharacter(rules)} ${name}`);
  return `"\\"" ${characters}`;
}

/** Any whole number of at most 21 digits, after which JavaScript, too, writes an exponent. */
export const ANY_INTEGER = String.raw`"-"? ( "0" | [1-9] [0-9]{0,20} )`;

/** A number of digits that end, below 1e308: none that is read as infinite. */
export function anyNumber(rules: GrammarRules): string {
  return rules.once("json-number", () => {
    const fraction = '( "." [0-9]{1,25} )?';
    const small = '"-" [0-9]{1,3} | "+"? ( [0-9]{1,2} | "1" [0-9] [0-9]';
    const afterOne = `( [eE] ( ${small} | "2" [0-9] [0-9] | "30" [0-7] ) ) )?`;
    const afterMany = `( [eE] ( ${small} | "2" [0-7] [0-9] ) ) )?`;
    return `"-"? ( [0-9] ${fraction} ${afterOne} | [1-9] [0-9]{1,20} ${fraction} ${afterMany} )`;
  });
}

/** Any JSON object (RFC 8259). */
export function anyObject(rules: GrammarRules): string {
  return rules.once("json-object", () => {
    const ws = whiteSpace(rules);
    const member = rules.once("json-member", () => `${anyString(rules)} ":" ${ws} ${anyValue(rules)}`);
    return `"{" ${ws} ( ${member} ( "," ${ws} ${member} )* ${ws} )? "}"`;
  });
}

/** Any JSON array. */
export function anyArray(rules: GrammarRules): string {
  return rules.once("json-array", () => {
    const ws = whiteSpace(rules);
    const value = anyValue(rules);
    return `"[" ${ws} ( ${value} ( "," ${ws} ${value} )* ${ws} )? "]"`;
  });
}

/** Any JSON value. */
export function anyValue(rules: GrammarRules): string {
  return rules.once("json-value", () => {
    const others = ["true", "false", "null"].map(literal);
    return [anyObject(rules), anyArray(rules), rules.add("json-string", anyString(rules)), anyNumber(rules), ...others].join(" | ");
  });
}
