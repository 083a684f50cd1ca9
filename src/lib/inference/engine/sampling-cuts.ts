/** Logits from the highest to the lowest, and the part of them that is left: from one place up to, but not including, another. */
export interface Candidates {
  logits: Float64Array;
  from: number;
  to: number;
}

/** Those whose logit is at most so many standard deviations below the highest (Tang et al. 2024, arXiv 2411.07641); all where n is 0 or less. */
export function withinSigmas({ logits, from, to }: Candidates, n: number): Candidates {
  if (n <= 0 || to - from < 2) return { logits, from, to };
  const finite = logits.subarray(from, to).filter((logit) => logit > -Infinity);
  const mean = finite.reduce((sum, logit) => sum + logit, 0) / finite.length;
  const variance = finite.reduce((sum, logit) => sum + (logit - mean) ** 2, 0) / finite.length;
  return downTo({ logits, from, to }, (logits[from] ?? 0) - n * Math.sqrt(variance));
}

/** So many of the likeliest; all where k is 0 or less. */
export function likeliest({ logits, from, to }: Candidates, k: number): Candidates {
  return { logits, from, to: k > 0 ? Math.min(to, from + k) : to };
}

/** The likeliest that make up a probability among those that are left (Holtzman et al. 2020, arXiv 1904.09751). */
export function nucleus(left: Candidates, p: number): Candidates {
  if (p >= 1) return left;
  let sum = 0;
  const count = probabilities(left).findIndex((probability) => (sum += probability) >= p);
  return count < 0 ? left : { ...left, to: left.from + count + 1 };
}

/** Those at least so likely, relative to the likeliest (arXiv 2407.01082). */
export function relativelyLikely(left: Candidates, p: number): Candidates {
  return p <= 0 ? left : downTo(left, (left.logits[left.from] ?? 0) + Math.log(p));
}

/**
 * Those whose surprise is nearest the expected one, as many as make up a probability (Meister et al. 2023, arXiv 2202.00666). As surprise
 * grows with the rank they are neighbors.
 */
export function typical(left: Candidates, p: number): Candidates {
  if (p >= 1) return left;
  const shares = probabilities(left);
  const expected = entropyOf(shares);
  const distances = shares.map((one) => Math.abs(-Math.log(one) - expected));
  // outside there is nothing nearer
  const distance = (place: number) => distances[place] ?? Infinity;
  let low = distances.indexOf(Math.min(...distances));
  let high = low;
  let sum = shares[high++] ?? 0;
  while (sum <= p && high - low < shares.length) {
    sum += shares[distance(low - 1) <= distance(high) ? --low : high++] ?? 0;
  }
  return { logits: left.logits, from: left.from + low, to: left.from + high };
}

/** Without those that are at least so likely among what is left, but for the least likely of them: XTC, where it acts. */
export function withoutTopChoices(left: Candidates, threshold: number): Candidates {
  const among = probabilities(left).findIndex((probability) => probability < threshold);
  const count = among < 0 ? left.to - left.from : among;
  return count < 2 ? left : { ...left, from: left.from + count - 1 };
}

/** The temperature that the entropy of what is left stands for: from `range` below the given one to as much above it. */
export function dynamicTemperature(
  left: Candidates,
  temperature: number,
  { range, exponent }: { range: number; exponent: number },
): number {
  const size = left.to - left.from;
  if (range <= 0 || size < 2) return temperature;
  const lowest = Math.max(0, temperature - range);
  const share = Math.min(1, entropyOf(probabilities(left)) / Math.log(size));
  return lowest + (temperature + range - lowest) * share ** exponent;
}

/** The number of tokens that Mirostat keeps for a surprise of at most `mu` bits (Basu et al. 2021, arXiv 2007.14966, algorithm 1). */
export function mirostatCount(shares: readonly number[], mu: number): number {
  let [above, below] = [0, 0];
  for (let rank = 0; rank < Math.min(MIROSTAT_RANKS, shares.length) - 1; rank++) {
    const step = Math.log((rank + 2) / (rank + 1));
    above += step * Math.log((shares[rank] ?? 0) / (shares[rank + 1] ?? 0));
    below += step * step;
  }
  const exponent = above / below;
  const excess = exponent - 1;
  const count = ((excess * 2 ** mu) / (1 - shares.length ** -excess)) ** (1 / exponent);
  return Number.isFinite(count) ? Math.max(1, Math.floor(count)) : shares.length;
}

/** The number of tokens whose surprise is at most `mu` bits: Mirostat 2. */
export function surprisingCount(shares: readonly number[], mu: number): number {
  const count = shares.findIndex((share) => -Math.log2(share) > mu);
  return count < 0 ? shares.length : Math.max(1, count);
}

/** The probabilities of what is left among itself, at a temperature. */
export function probabilities({ logits, from, to }: Candidates, temperature = 1): number[] {
  const highest = logits[from] ?? 0;
  const weights = Array.from(logits.subarray(from, to), (logit) => Math.exp((logit - highest) / temperature));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Tokens that Mirostat reads the exponent of Zipf's law off. */
const MIROSTAT_RANKS = 100;

function entropyOf(shares: readonly number[]): number {
  return shares.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);
}

/** Those whose logit is at least this, the highest in any case. */
function downTo({ logits, from, to }: Candidates, least: number): Candidates {
  let end = to;
  while (end > from + 1 && (logits[end - 1] ?? 0) < least) end--;
  return { logits, from, to: end };
}
