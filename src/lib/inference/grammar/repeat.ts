import type { GrammarRules } from "./rules.js";

/** llama.cpp makes a rule of each repetition; longer ones are put together from blocks. */
const MOST_AT_ONCE = 200;
/** No answer has more of anything. */
export const MOST_REPEATS = 1_000_000;

/**
 * An expression for so many of a rule, one after the other: at most MOST_REPEATS, or any number from `min`. The rule must not match the
 * empty text. The grammar grows with the square root of the counts.
 */
export function repeated(rules: GrammarRules, name: string, min: number, max: number | undefined): string {
  const parts = [exactly(rules, name, min), max === undefined ? `${name}*` : upTo(rules, name, max - min)];
  return parts.filter((part) => part !== "").join(" ");
}

function exactly(rules: GrammarRules, name: string, count: number): string {
  if (count === 0) return "";
  if (count === 1) return name;
  if (count <= MOST_AT_ONCE) return `${name}{${count}}`;
  const half = rules.add(`${name}-many`, exactly(rules, name, Math.floor(count / 2)));
  return count % 2 === 0 ? `${half} ${half}` : `${half} ${half} ${name}`;
}

/** Whole blocks, then a part of one: a reader never has to keep more than two ways open. */
function upTo(rules: GrammarRules, name: string, count: number): string {
  if (count === 0) return "";
  if (count <= MOST_AT_ONCE) return `${name}{0,${count}}`;
  const size = Math.min(Math.ceil(Math.sqrt(count)), 1000);
  const block = rules.add(`${name}-block`, exactly(rules, name, size));
  const part = rules.add(`${name}-part`, upTo(rules, name, size - 1));
  let rest = rules.add(`${name}-rest`, upTo(rules, name, count % size) || '""');
  for (let blocks = Math.floor(count / size); blocks > 0; blocks--) rest = rules.add(`${name}-blocks`, `${part} | ${block} ${rest}`);
  return rest;
}
