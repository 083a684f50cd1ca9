// Browsers load their language data for the first use of Intl, toLocaleString, or localeCompare, which delays a page by up to 0.3 s: what pages
// show first does without.

/** A count with its thousands apart, as in 1,234; nothing where it is not known. */
export function withThousands(number: number | undefined): string {
  return number === undefined ? "" : String(number).replace(/(?<![.e]\d*)\B(?=(?:\d{3})+(?!\d))/g, ",");
}

/** The order of two names: letters without regard to case, then capitals first; a negative number where the first comes first. */
export function compareNames(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  if (x !== y) return x < y ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The order of two names that have numbers inside: run 9 before run 10; otherwise that of compareNames. */
export function compareNatural(a: string, b: string): number {
  const [x, y] = [a, b].map((name) => name.split(/(\d+)/)) as [string[], string[]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [one, other] = [x[i] ?? "", y[i] ?? ""];
    // what stands at odd places are the digits
    const order = i % 2 === 1 ? Number(one) - Number(other) : compareNames(one.toLowerCase(), other.toLowerCase());
    if (order !== 0) return order;
  }
  return x.length - y.length || compareNames(a, b);
}
