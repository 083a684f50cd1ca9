/** An exact number; `below` is above 0. Not reduced. */
export interface Rational {
  above: bigint;
  below: bigint;
}

/** Digits beyond which an exponent is not written out. */
const MOST_DIGITS = 5000;
const SCALE_DIGITS = 30;

/** The number of a decimal in plain ASCII ("-12.50"), times ten to `exponent`. Undefined for an exponent beyond 5,000 digits. */
export function parseDecimal(text: string, exponent = 0): Rational | undefined {
  const [whole = "", part = ""] = text.split(".");
  const power = exponent - part.length;
  if (!(Math.abs(power) <= MOST_DIGITS)) return undefined;
  const above = BigInt(`${whole}${part}` || "0");
  return power >= 0 ? { above: above * 10n ** BigInt(power), below: 1n } : { above, below: 10n ** BigInt(-power) };
}

export function negate({ above, below }: Rational): Rational {
  return { above: -above, below };
}

export function add(a: Rational, b: Rational): Rational {
  return { above: a.above * b.below + b.above * a.below, below: a.below * b.below };
}

export function multiply(a: Rational, b: Rational): Rational {
  return { above: a.above * b.above, below: a.below * b.below };
}

/** Undefined for a division by 0. */
export function divide(a: Rational, b: Rational): Rational | undefined {
  if (b.above === 0n) return undefined;
  const sign = b.above < 0n ? -1n : 1n;
  return { above: a.above * b.below * sign, below: a.below * b.above * sign };
}

/**
 * Whether two numbers are equal within a tolerance relative to the second (absolute where that is 0). Without a tolerance whole
 * numbers are compared exactly, however long, and others to the precision of a double: 0.30000000000000004 is 0.3.
 */
export function isClose(seen: Rational, wanted: Rational, tolerance: number): boolean {
  const difference = add(seen, negate(wanted));
  if (difference.above === 0n) return true;
  const whole = seen.above % seen.below === 0n && wanted.above % wanted.below === 0n;
  if (tolerance === 0 && whole) return false;
  const relative = divide(difference, wanted) ?? difference;
  return Math.abs(toNumber(relative)) <= tolerance + Number.EPSILON;
}

/** The nearest double, to 30 digits after the point. */
function toNumber({ above, below }: Rational): number {
  return Number((above * 10n ** BigInt(SCALE_DIGITS)) / below) / 10 ** SCALE_DIGITS;
}
