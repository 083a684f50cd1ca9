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

/** How many levels a search still tries, as far as can be told from those it has tried: before one fails nobody knows how many more will not. */
export function levelsToNarrow(tried: readonly LevelResult[]): number {
  const rates = (are: boolean) => tried.filter((level) => isMet(level) === are).map(({ value }) => value);
  const [met, missed] = [rates(true), rates(false)];
  if (missed.length > 0 && met.length === 0) return 0;
  const gap = missed.length === 0 ? 2 : Math.min(...missed) / Math.max(...met);
  return (missed.length === 0 ? 1 : 0) + Math.max(0, Math.ceil(Math.log2(Math.log(gap) / Math.log(PRECISION))));
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
