import { combine, NO_END, type Automaton, type Edge, type Effort } from "./automaton.js";
import { charactersOf, charSet } from "./char-set.js";
import { toDecimal } from "./decimal.js";
import { choice, DIGIT, oneOf, optional, repeat, sequence, text } from "./pattern.js";
import { toAutomaton } from "./pattern-automaton.js";

const MOST_STATES = 1000;
const MOST_PLACES = 25;

/**
 * The automaton of the numbers without an exponent that are multiples of one; it counts the remainder, digit by digit. Undefined where it
 * would have too many states. Leading zeros and the like it does not look at.
 */
export function multiplesOf(divisor: number, effort: Effort): Automaton | undefined {
  const { whole, fraction } = toDecimal(divisor);
  const [unit, places] = [Number(whole + fraction), fraction.length];
  if (places === 0 && /^10*$/.test(whole)) return endingInZeros(whole.length - 1, effort);
  if (unit === 0 || places > MOST_PLACES || unit * (places + 2) > MOST_STATES) return undefined;
  const phases = Array.from({ length: places + 2 }, (_, phase) => phase);
  const remainders = Array.from({ length: unit }, (_, remainder) => remainder);
  const remainder = new Remainders(unit, places);
  const edges = phases.flatMap((phase) => remainders.map((rest) => remainder.edgesOf(phase, rest)));
  const ends = phases.flatMap((phase) => remainders.map((rest) => (remainder.isMultiple(phase, rest) ? 0 : NO_END)));
  const start = [{ set: charactersOf("-"), to: 1 }, ...remainder.edgesOf(0, 0)];
  return combine([{ edges: [start, ...edges], ends: [NO_END, ...ends] }], ([label = NO_END]) => label, effort);
}

/** Powers of ten need no remainders. */
function endingInZeros(count: number, effort: Effort): Automaton {
  const zero = text("0");
  const digits = sequence(optional(text("-")), oneOf(charSet([0x31, 0x39])), repeat(DIGIT, 0), repeat(zero, count, count));
  return toAutomaton(sequence(choice(zero, digits), optional(sequence(text("."), repeat(zero, 1)))), effort);
}

/** States by the remainder so far; phase 0 is before the point, phase 1 right behind it, and so on to the last place that counts. */
class Remainders {
  private readonly unit: number;
  private readonly places: number;

  constructor(unit: number, places: number) {
    this.unit = unit;
    this.places = places;
  }

  edgesOf(phase: number, remainder: number): Edge[] {
    if (phase > this.places) return [{ set: charactersOf("0"), to: this.stateOf(phase, remainder) }];
    const next = phase === 0 ? 0 : phase + 1;
    const digits = Array.from({ length: 10 }, (_, value) => ({
      set: charSet(0x30 + value),
      to: this.stateOf(next, (remainder * 10 + value) % this.unit),
    }));
    return phase === 0 ? [...digits, { set: charactersOf("."), to: this.stateOf(1, remainder) }] : digits;
  }

  /** With the places that are not written, all of them 0. */
  isMultiple(phase: number, remainder: number): boolean {
    const missing = this.places - Math.max(0, phase - 1);
    return Array.from({ length: missing }).reduce<number>((rest) => (rest * 10) % this.unit, remainder % this.unit) === 0;
  }

  private stateOf(phase: number, remainder: number): number {
    return 1 + phase * this.unit + remainder;
  }
}
