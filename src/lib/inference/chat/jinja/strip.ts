import { spend } from "./budget.js";
import { charactersOf, isWide } from "./values.js";

/** What Python takes for white space. */
export const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const IS_SPACE = new RegExp(`[${SPACE}]`, "u");

export type Ends = "both" | "left" | "right";

/** A text without characters of a set at its ends; without white space where no set is given. */
export function strip(text: string, characters: string | undefined, ends: Ends = "both"): string {
  if (characters !== undefined && isWide(characters)) return stripWide(text, characters, ends);
  const isLeft = (at: number) => !(characters === undefined ? IS_SPACE.test(text.charAt(at)) : characters.includes(text.charAt(at)));
  const [from, to] = rangeLeft(text.length, isLeft, ends);
  spend((text.length - (to - from)) * (1 + (characters?.length ?? 0) / SEARCHED_AT_ONCE));
  return text.slice(from, to);
}

/** So many characters of a set are looked through in the time of one step. */
const SEARCHED_AT_ONCE = 16;

/** The same for a set with characters of two code units. */
function stripWide(text: string, characters: string, ends: Ends): string {
  const [all, set] = [charactersOf(text), new Set(characters)];
  const [from, to] = rangeLeft(all.length, (at) => !set.has(all[at] ?? ""), ends);
  return all.slice(from, to).join("");
}

function rangeLeft(length: number, isLeft: (at: number) => boolean, ends: Ends): readonly [from: number, to: number] {
  let [from, to] = [0, length];
  if (ends !== "right") while (from < to && !isLeft(from)) from++;
  if (ends !== "left") while (to > from && !isLeft(to - 1)) to--;
  return [from, to];
}
