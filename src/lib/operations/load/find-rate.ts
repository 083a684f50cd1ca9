import { isMet, type LevelResult } from "./level-result.js";

const FIRST_RATE = 1;
const HIGHEST_RATE = 10_000;
/** The answer is known to so much. */
const PRECISION = 1.1;

/** The highest rate that meets the objectives, and the rates tried for it. */
export interface FoundRate {
  /** Requests a second; null when even the lowest rate tried does not. */
  rate: number | null;
  tried: LevelResult[];
}

/**
 * Searches the highest arrival rate whose level meets its objectives: doubling until one does not, then halving the gap (in
 * logarithms) down to 10 %.
 */
export async function findRate(tryRate: (rate: number) => Promise<LevelResult>, signal: AbortSignal): Promise<FoundRate> {
  const tried: LevelResult[] = [];
  const meets = async (rate: number) => {
    const result = await tryRate(rate);
    tried.push(result);
    return isMet(result);
  };
  let low = 0;
  let high = FIRST_RATE;
  while (high <= HIGHEST_RATE && !signal.aborted && (await meets(high))) {
    low = high;
    high *= 2;
  }
  if (low === 0) return { rate: null, tried };
  while (high / low > PRECISION && !signal.aborted) {
    const middle = Number(Math.sqrt(low * high).toPrecision(3));
    if (await meets(middle)) low = middle;
    else high = middle;
  }
  return { rate: low, tried };
}
