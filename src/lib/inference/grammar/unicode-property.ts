import { charSet, type CharSet } from "./char-set.js";
import { UnreadableRegex } from "./unreadable-regex.js";

const PROPERTIES = new Map<string, CharSet>();
const MOST_PROPERTIES = 64;

/** The characters of a Unicode property, found by asking for each; a few properties are remembered. Throws UnreadableRegex. */
export function unicodeProperty(name: string): CharSet {
  const known = PROPERTIES.get(name);
  if (known) return known;
  if (PROPERTIES.size >= MOST_PROPERTIES) throw new UnreadableRegex(`\\p{${name}} is one property too many`);
  const set = findProperty(name);
  PROPERTIES.set(name, set);
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
