import { mean } from "simple-statistics";

/** How reliably samples are answered right when they are asked again and again. */
export interface Reliability {
  /** Repeats per sample it speaks of: the fewest any sample has. */
  k: number;
  /** Share of samples that k attempts get right at least once (pass@k). */
  passAny: number;
  /** Share of samples that k attempts get right every time (pass^k). */
  passAll: number;
  /** Share of samples answered both right and wrong. */
  flaky: number;
}

/** Of rights and wrongs (1 and 0) grouped by sample; undefined where no sample was asked twice. */
export function reliability(bySample: readonly (readonly number[])[]): Reliability | undefined {
  const asked = bySample.filter((values) => values.length > 0);
  const k = Math.min(...asked.map((values) => values.length));
  if (asked.length === 0 || k < 2) return undefined;
  const rights = (values: readonly number[]) => values.filter((value) => value === 1).length;
  return {
    k,
    passAny: mean(asked.map((values) => passAtK(values.length, rights(values), k))),
    passAll: mean(asked.map((values) => chooseRatio(rights(values), values.length, k))),
    flaky: mean(asked.map((values) => (rights(values) > 0 && rights(values) < values.length ? 1 : 0))),
  };
}

/** The unbiased estimate that one of k attempts is right, from `right` of `n` (Chen et al. 2021, arXiv 2107.03374, eq. 1). */
export function passAtK(n: number, right: number, k: number): number {
  return 1 - chooseRatio(n - right, n, k);
}

/** C(part, k) / C(whole, k): that k drawn from `whole` without putting back all lie in `part`. */
function chooseRatio(part: number, whole: number, k: number): number {
  let ratio = 1;
  for (let i = 0; i < k; i++) ratio *= Math.max(0, part - i) / (whole - i);
  return ratio;
}
