import type { Effort } from "./automaton.js";
import { charSet, type CharSet } from "./char-set.js";
import { UnreadableRegex } from "./unreadable-regex.js";

const PROPERTIES = new Map<string, CharSet>();
const MOST_PROPERTIES = 64;
/** A look at all characters takes as long as so many steps of making automata. */
const STEPS = 30_000;

/**
 * The characters of a Unicode property, found by asking for each; the last few are remembered. Throws UnreadableRegex, and TooComplex where
 * the effort is spent.
 */
export function unicodeProperty(name: string, effort: Effort): CharSet {
  // also for one that is remembered: what one request may ask does not depend on what others asked
  effort.spend(STEPS);
  const set = PROPERTIES.get(name) ?? findProperty(name);
  PROPERTIES.delete(name);
  PROPERTIES.set(name, set);
  const [oldest] = PROPERTIES.keys();
  if (PROPERTIES.size > MOST_PROPERTIES && oldest !== undefined) PROPERTIES.delete(oldest);
  return set;
}

function findProperty(name: string): CharSet {
  const regex = propertyRegex(name);
  const ranges: [number, number][] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    if (!regex.test(String.fromCodePoint(code))) continue;
    const last = ranges.at(-1);
    if (last?.[1] === code - 1) last[1] = code;
    else ranges.push([code, code]);
  }
  return charSet(...ranges);
}

function propertyRegex(name: string): RegExp {
  try {
    if (/^[\w=]{1,60}$/.test(name)) return new RegExp(`^\\p{${name}}$`, "u");
  } catch {
    // refused below
  }
  throw new UnreadableRegex(`\\p{${name}} is not a property of characters`);
}
