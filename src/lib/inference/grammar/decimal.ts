/** A number in digits, as its shortest text has it: integer part without leading zeros, fraction without trailing ones. */
export interface Decimal {
  negative: boolean;
  whole: string;
  fraction: string;
}

/** The digits of a finite number. */
export function toDecimal(value: number): Decimal {
  const [mantissa = "", exponent = "0"] = Math.abs(value).toString().split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0");
  const split = Math.max(point, 1);
  return {
    negative: value < 0,
    whole: padded.slice(0, split).replace(/^0+(?=\d)/, ""),
    fraction: padded.slice(split).replace(/0+$/, ""),
  };
}

/** The whole number at or above (`up`) or below a number; with `strict` never the number itself. */
export function toBound(value: number, { up, strict }: { up: boolean; strict: boolean }): bigint {
  if (Number.isInteger(value)) return BigInt(value) + (strict ? (up ? 1n : -1n) : 0n);
  return BigInt(up ? Math.ceil(value) : Math.floor(value));
}
