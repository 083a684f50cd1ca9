import { afterHashes, lastBoxed } from "../dataset/final-part.js";
import { toPlainNumerals } from "./plain-numerals.js";
import { isClose, type Rational } from "./rational.js";
import { readNumbers, scaled, type ReadNumber } from "./read-numbers.js";
import type { Ambiguous } from "./read-run.js";
import { remembered } from "./remembered.js";
import { referenceScorer, type Scorer } from "./scorer.js";

/**
 * 1 when the final number of the completion is the reference's, within a tolerance relative to it (absolute at 0), else 0. The
 * final number is the one in the last \boxed{}, the last of the line after ####, or else the last one; one that hangs on a word by a hyphen (Option-7) only where there is no other.
 * Digits behind a letter (H2O, Q3) are not a number.
 * "1,234" and "1.234" in an answer may be either convention; in a reference a comma before three digits is of thousands and a
 * point is decimal. 50 % is 0.5 or 50, as the reference has it. Unscored where the reference has no number.
 */
export function numericScorer(tolerance: number): Scorer {
  return referenceScorer(tolerance === 0 ? "numeric" : `numeric_${tolerance}`, "rate", (text, reference) => {
    const wanted = readReference(reference);
    if (wanted === null) return { value: null, explanation: `the reference "${reference}" has no number` };
    const seen = finalNumber(text, "either");
    if (seen === null) return { value: 0, explanation: "no number in the answer" };
    return { value: isSame(seen, wanted, tolerance) ? 1 : 0 };
  });
}

const readReference = remembered((reference) => finalNumber(reference, "computer"));

/** Two marks such as % compare what they make of the numbers; where one has none, its number may be with or without it. */
function isSame(seen: ReadNumber, wanted: ReadNumber, tolerance: number): boolean {
  const marked = seen.scale !== undefined && wanted.scale !== undefined;
  const [a, b] = marked ? [scaled(seen), scaled(wanted)] : [withScaled(seen), withScaled(wanted)];
  return a.some((value) => b.some((target) => isClose(value, target, tolerance)));
}

function withScaled(number: ReadNumber): Rational[] {
  return number.scale ? [...number.values, ...scaled(number)] : number.values;
}

function finalNumber(text: string, ambiguous: Ambiguous): ReadNumber | null {
  for (const part of [lastBoxed(text), afterHashes(text), text]) {
    if (part === undefined) continue;
    const numbers = readNumbers(toPlainNumerals(part), ambiguous);
    const found = numbers.findLast(({ attached }) => !attached) ?? numbers.at(-1);
    if (found) return found;
  }
  return null;
}
