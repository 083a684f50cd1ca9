import { decideFamily, type Correction } from "./multiplicity.js";
import { testPaired, withInterval, type DifferenceScale, type PairedDifference } from "./paired.js";
import { furtherSamples, toVerdict, type Verdict, type VerdictOptions } from "./verdict.js";

/** A comparison with what can be said of it. */
export interface JudgedDifference extends PairedDifference {
  verdict: Verdict;
  /** How many more samples would probably tell; null where it is told, or nothing differs. */
  furtherSamples: number | null;
}

export interface FamilyOptions {
  correction: Correction;
  scale?: DifferenceScale | undefined;
}

/** Paired comparisons that are decided together: p values are corrected over all of them, and intervals belong to those decisions. */
export function compareFamily(differences: readonly ArrayLike<number>[], { correction, scale = {} }: FamilyOptions): PairedDifference[] {
  const tests = differences.map(testPaired);
  const { adjusted, levels } = decideFamily(
    tests.map(({ pValue }) => pValue),
    correction,
  );
  return tests.map((test, i) => withInterval(differences[i] ?? [], test, { adjusted: adjusted[i] ?? 1, level: levels[i] ?? 1, scale }));
}

/** A comparison with its verdict, and where that cannot be told the number of samples that probably would. */
export function judgeDifference(compared: PairedDifference, options: VerdictOptions): JudgedDifference {
  const verdict = toVerdict(compared, options);
  return { ...compared, verdict, furtherSamples: verdict === "cannot tell" ? furtherSamples(compared) : null };
}
