import { charSet } from "./char-set.js";
import { toDecimal, type Decimal } from "./decimal.js";
import { choice, DIGIT, EMPTY, NEVER, oneOf, optional, repeat, sequence, text, type Pattern } from "./pattern.js";

/** Whole numbers are written with up to 21 digits, fractions with up to 25, as JavaScript writes them. */
const WHOLE_DIGITS = 21;
const FRACTION_DIGITS = 25;
/** Of so many digits a number is read as it is written, never as a neighbor. */
const EXACT_DIGITS = 15;

const digit = (from: number, to: number): Pattern => (from > to ? NEVER : oneOf(charSet([0x30 + from, 0x30 + to])));
const MINUS = text("-");
const POINT = text(".");
const DIGITS = repeat(DIGIT, 0);
const wholeOf = (most: number) => choice(text("0"), sequence(digit(1, 9), repeat(DIGIT, 0, most - 1)));
const fractionOf = (most: number) => optional(sequence(POINT, repeat(DIGIT, 1, most)));
/** Of any length: what bounds that is joined with it. */
const WHOLE = choice(text("0"), sequence(digit(1, 9), DIGITS));
const FRACTION = optional(sequence(POINT, DIGIT, DIGITS));

/**
 * Numbers without an exponent, with so few digits after the point that none is read as one of these bounds, but 0, though it is not
 * written so.
 */
export function plainNumbers(bounds: readonly number[]): Pattern {
  const most = bounds
    .filter((bound) => bound !== 0)
    .map((bound) => {
      const { whole, fraction } = toDecimal(bound);
      return Math.max(1, EXACT_DIGITS - (whole === "0" ? 0 : whole.length), fraction.length + 3);
    });
  return sequence(optional(MINUS), wholeOf(WHOLE_DIGITS), fractionOf(Math.min(FRACTION_DIGITS, ...most)));
}

/** Numbers without an exponent that are read as they are written, with so many digits after the point. */
export function exactNumbers(places: number): Pattern {
  return sequence(optional(MINUS), wholeOf(Math.max(1, EXACT_DIGITS - places)), places === 0 ? EMPTY : fractionOf(places));
}

/** The whole numbers from one to another, both with them; without one, as many digits as a number may have. */
export function wholeNumbers(from: bigint | undefined, to: bigint | undefined): Pattern {
  const longest = Math.max(WHOLE_DIGITS, ...[from, to].map((bound) => (bound === undefined ? 0 : digitsOf(bound).length)));
  const most = 10n ** BigInt(longest) - 1n;
  const [low, high] = [from ?? -most, to ?? most];
  if (low > high) return NEVER;
  const negative = low < 0n ? sequence(MINUS, upward(high < 0n ? -high : 1n, -low)) : NEVER;
  const positive = high >= 0n ? upward(low > 0n ? low : 0n, high) : NEVER;
  return choice(negative, positive);
}

function digitsOf(value: bigint): string {
  return (value < 0n ? -value : value).toString();
}

/** Those from one to another, or of any length, neither below 0. */
function upward(from: bigint, to: bigint | undefined): Pattern {
  const [first, last] = [from.toString(), to?.toString()];
  if (last?.length === first.length) return alikeLong(first, last);
  const between = repeat(DIGIT, first.length, last === undefined ? undefined : last.length - 2);
  return choice(
    alikeLong(first, "9".repeat(first.length)),
    last && last.length - 2 < first.length ? NEVER : sequence(digit(1, 9), between),
    last ? alikeLong(`1${"0".repeat(last.length - 1)}`, last) : NEVER,
  );
}

/** Digits of one length from these to those. */
function alikeLong(from: string, to: string): Pattern {
  if (from === "") return EMPTY;
  const rest = from.length - 1;
  if (/^0*$/.test(from) && /^9*$/.test(to)) return repeat(DIGIT, from.length, from.length);
  const [low, high] = [Number(from[0]), Number(to[0])];
  if (low === high) return sequence(digit(low, low), alikeLong(from.slice(1), to.slice(1)));
  return choice(
    sequence(digit(low, low), alikeLong(from.slice(1), "9".repeat(rest))),
    sequence(digit(low + 1, high - 1), repeat(DIGIT, rest, rest)),
    sequence(digit(high, high), alikeLong("0".repeat(rest), to.slice(1))),
  );
}

/** Numbers at or above one, or only above it. */
export function atLeast(bound: number, strict: boolean): Pattern {
  const decimal = toDecimal(bound);
  if (bound > 0 || (bound === 0 && strict)) return magnitudeAtLeast(decimal, strict);
  return choice(sequence(WHOLE, FRACTION), sequence(MINUS, magnitudeAtMost(decimal, strict)));
}

/** Numbers at or below one, or only below it. */
export function atMost(bound: number, strict: boolean): Pattern {
  const decimal = toDecimal(bound);
  if (bound < 0 || (bound === 0 && strict)) return sequence(MINUS, magnitudeAtLeast(decimal, strict));
  return choice(sequence(MINUS, WHOLE, FRACTION), magnitudeAtMost(decimal, strict));
}

function magnitudeAtLeast({ whole, fraction }: Decimal, strict: boolean): Pattern {
  const above = sequence(upward(BigInt(whole) + 1n, undefined), FRACTION);
  return choice(above, sequence(text(whole), fractionFrom(fraction, strict)));
}

function magnitudeAtMost({ whole, fraction }: Decimal, strict: boolean): Pattern {
  const below = whole === "0" ? NEVER : sequence(upward(0n, BigInt(whole) - 1n), FRACTION);
  return choice(below, sequence(text(whole), fractionTo(fraction, strict)));
}

/** The point and the digits after it, or nothing, from these digits on. */
function fractionFrom(digits: string, strict: boolean): Pattern {
  const end = strict ? sequence(repeat(text("0"), 0), digit(1, 9), DIGITS) : DIGITS;
  let pattern: Pattern = end;
  for (const character of Array.from(digits).reverse()) {
    const value = Number(character);
    pattern = choice(sequence(digit(value + 1, 9), DIGITS), sequence(digit(value, value), pattern));
  }
  const written = sequence(POINT, pattern);
  return digits === "" && !strict ? optional(sequence(POINT, DIGIT, DIGITS)) : written;
}

/** The same up to these digits. */
function fractionTo(digits: string, strict: boolean): Pattern {
  let pattern: Pattern = strict ? NEVER : repeat(text("0"), 0);
  for (const character of Array.from(digits).reverse()) {
    const value = Number(character);
    pattern = choice(EMPTY, sequence(digit(0, value - 1), DIGITS), sequence(digit(value, value), pattern));
  }
  const none = digits !== "" || !strict ? EMPTY : NEVER;
  return choice(none, sequence(POINT, pattern));
}
