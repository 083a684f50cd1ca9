import { logImprovement, logNormalCdf, logNormalDensity } from "./improvement.js";

/** Lines that lie below the highest at zero for all |Z| up to this are left out, but for the last. */
const REACH = 6;

/** The logarithm of an expected maximum, and its changes by the lines' heights and slopes, where they were asked for. */
export interface ExpectedMaximum {
  value: number;
  byHeight: Float64Array;
  bySlope: Float64Array;
}

/**
 * The logarithm of E max_i (a_i + b_i Z) - base for a standard normal Z (Frazier, Powell and Dayanik 2009, INFORMS J. Computing 21),
 * exact also where that is smaller than any number; -Infinity where it is 0. `base` is no more than the highest a.
 */
export function logExpectedMaximum(a: Float64Array, b: Float64Array, base: number, withChanges = false): ExpectedMaximum {
  const { lines, breaks } = upperEnvelope(a, b);
  const highest = lines.reduce((most, i) => Math.max(most, a[i] as number), base);
  const terms = breaks.map((at, k) => {
    const steeper = (b[lines[k + 1] as number] as number) - (b[lines[k] as number] as number);
    return Math.log(steeper) + logImprovement(-Math.abs(at)).value;
  });
  if (highest > base) terms.push(Math.log(highest - base));
  const largest = Math.max(-Infinity, ...terms);
  const value = largest === -Infinity ? largest : largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0));
  const byHeight = new Float64Array(withChanges ? a.length : 0);
  const bySlope = new Float64Array(withChanges ? a.length : 0);
  if (!withChanges || value === -Infinity) return { value, byHeight, bySlope };
  for (const [k, i] of lines.entries()) {
    const [from, to] = [breaks[k - 1] ?? -Infinity, breaks[k] ?? Infinity];
    byHeight[i] = probability(from, to, value);
    bySlope[i] = Math.exp(logNormalDensity(from) - value) - Math.exp(logNormalDensity(to) - value);
  }
  return { value, byHeight, bySlope };
}

/** P(from < Z < to) over exp(scale), by the nearer tail. */
function probability(from: number, to: number, scale: number): number {
  const below = (z: number) => (z === -Infinity ? 0 : Math.exp(logNormalCdf(z).value - scale));
  if (from >= 0) return below(-from) - below(-to);
  if (to <= 0) return below(to) - below(from);
  return Math.exp(-scale) - below(from) - below(-to);
}

/** The lines that are the highest somewhere, by rising slope, and where each gives way to the next. */
function upperEnvelope(a: Float64Array, b: Float64Array): { lines: number[]; breaks: number[] } {
  const lines: number[] = [];
  const breaks: number[] = [];
  for (const i of bySlopes(a, b)) {
    let from = -Infinity;
    for (; lines.length > 0; lines.pop(), breaks.pop()) {
      const last = lines.at(-1) as number;
      const steeper = (b[i] as number) - (b[last] as number);
      from = steeper > 0 ? ((a[last] as number) - (a[i] as number)) / steeper : -Infinity;
      if (from > (breaks.at(-1) ?? -Infinity)) break;
    }
    if (lines.length > 0) breaks.push(from);
    lines.push(i);
  }
  return { lines, breaks };
}

/** The lines that can matter, by rising slope, the higher of equal ones last. */
function bySlopes(a: Float64Array, b: Float64Array): number[] {
  let top = 0;
  for (let i = 1; i < a.length; i++) if ((a[i] as number) > (a[top] as number)) top = i;
  const order: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const reached = (a[i] as number) + REACH * Math.abs((b[i] as number) - (b[top] as number));
    if (reached >= (a[top] as number) || i === a.length - 1) order.push(i);
  }
  return order.sort((i, j) => (b[i] as number) - (b[j] as number) || (a[i] as number) - (a[j] as number));
}
