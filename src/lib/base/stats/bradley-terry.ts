const ROUNDS = 1000;
const ENOUGH = 1e-9;
/** Won and lost by every contestant against an average one, so that one that never lost has a finite strength. */
const PRIOR = 0.5;

/** A comparison of two contestants by their index: 1 where the first won, 0 where the second did, 0.5 for a tie. */
export interface Duel {
  first: number;
  second: number;
  won: number;
}

/**
 * Bradley-Terry strengths as natural logarithms with mean 0: the first beats the second with probability
 * 1 / (1 + exp(second - first)). Found by minorisation-maximization (Hunter 2004, Ann. Stat. 32); ties count half for both.
 */
export function bradleyTerry(contestants: number, duels: readonly Duel[]): number[] {
  const won = new Float64Array(contestants).fill(PRIOR);
  const met = Array.from({ length: contestants }, () => new Float64Array(contestants));
  for (const { first, second, won: share } of duels) {
    won[first] = (won[first] ?? 0) + share;
    won[second] = (won[second] ?? 0) + 1 - share;
    for (const [a, b] of [[first, second] as const, [second, first] as const]) (met[a] as Float64Array)[b] = (met[a]?.[b] ?? 0) + 1;
  }
  let strengths = new Array<number>(contestants).fill(1);
  for (let round = 0; round < ROUNDS; round++) {
    const next = normalize(strengths.map((own, i) => (won[i] ?? 0) / meetings(own, met[i] ?? [], strengths)));
    const change = Math.max(...next.map((value, i) => Math.abs(Math.log(value / (strengths[i] ?? 1)))));
    strengths = next;
    if (change < ENOUGH) break;
  }
  return strengths.map(Math.log);
}

function meetings(own: number, met: ArrayLike<number>, strengths: readonly number[]): number {
  const others = strengths.reduce((sum, other, j) => sum + (met[j] ?? 0) / (own + other), 0);
  return others + (2 * PRIOR) / (own + 1);
}

function normalize(strengths: readonly number[]): number[] {
  const center = Math.exp(strengths.reduce((sum, value) => sum + Math.log(value), 0) / strengths.length);
  return strengths.map((value) => value / center);
}
