import type { AskedSample, SamplePairing } from "../dataset/pair-samples.js";
import { counted, nounFor } from "../../base/errors/counted.js";
import type { DecidedState } from "../gates/checks.js";
import { FEWEST_ALIKE } from "../../base/stats/estimate.js";
import type { JudgedDifference } from "../../base/stats/compare-family.js";
import { comparePaired } from "../../base/stats/paired.js";
import { furtherToRuleOut, type Direction } from "../../base/stats/verdict.js";
import { alignWith } from "./align-samples.js";
import { baselineMetric, baselineSource, type Baseline } from "./baseline.js";
import { compareScores, pairDifferences } from "./compare-scores.js";
import { stateBeside } from "./comparison-gate.js";
import type { ScoredSource } from "./sample-scores.js";

/** More rows than anybody asks. */
const MOST_ROWS = 1_000_000;

/** The samples of a run beside a baseline, by their ids in the dataset. */
export interface AskedScores {
  metric: string;
  /** Which way it is better, where the baseline does not say. */
  direction: Direction;
  /** Of every sample that was asked; none where it has no score. */
  bySample: ReadonlyMap<string, readonly number[]>;
  asked: ReadonlyMap<string, AskedSample>;
}

/** How scores stand against a baseline. */
export interface BaselineComparison {
  /** Not met where a loss of `minEffect` or more is proven; cannot tell where one as large cannot be ruled out. */
  state: DecidedState;
  evidence: string;
  /** As `compareScores` gives it; undefined where no sample can be compared. */
  compared: JudgedDifference | undefined;
}

/**
 * Compares the scores of a metric with a baseline's, as `compareScores` compares two runs, over the samples that ask the same in both;
 * the evidence says which are left out. Throws INVALID_ARGUMENT for a metric it lacks.
 */
export function compareWithBaseline(baseline: Baseline, run: AskedScores, minEffect: number): BaselineComparison {
  const { metric } = run;
  const { direction = run.direction } = baselineMetric(baseline, metric);
  const whole = baselineSource("the baseline", baseline);
  const base = { ...whole, scores: new Map([[metric, whole.scores.get(metric) ?? new Map<string, number[]>()]]) };
  const { source: own, pairing } = alignWith(base, sourceOf(run));
  const scored = new Map([...(own.scores?.get(metric) ?? [])].filter(([, values]) => values.length > 0));
  const now = { ...own, scores: new Map([[metric, scored]]) };
  const [compared] = compareScores([base, now], { minEffect });
  const left = describeLeftOut(pairing, base.scores.get(metric)?.size ?? 0, compared?.n ?? 0);
  if (!compared) {
    const hint = "ask the baseline's questions again, or bless a run over these: llmops baseline bless";
    return { state: "cannot tell", evidence: `beside a baseline of other samples: ${[...left, hint].join("; ")}`, compared };
  }
  const state = stateBeside(compared, { direction, minEffect });
  const differences = pairDifferences(base.scores.get(metric), scored);
  const isBinary = compared.low !== compared.high;
  const more =
    state === "cannot tell" ? [howMany(compared, { direction, minEffect, alike: differences.every((one) => one === 0), isBinary })] : [];
  return { state, evidence: [describe(state, metric, compared), ...more, ...left].join("; "), compared };
}

function sourceOf({ metric, direction, bySample, asked }: AskedScores): ScoredSource {
  const key = (id: string) => JSON.stringify(id.trim());
  return {
    name: "this run",
    scores: new Map([[metric, new Map([...bySample].map(([id, values]) => [key(id), [...values]]))]]),
    directions: { [metric]: direction },
    asked: new Map([...asked].map(([id, own]) => [key(id), own])),
  };
}

function describe(state: DecidedState, metric: string, { n, difference, low, high, pValue }: JudgedDifference): string {
  const range = low === null || high === null ? "" : ` (${round(low)} to ${round(high)})`;
  const seen = `${metric} ${difference > 0 ? "+" : ""}${round(difference)}${range} over ${counted(n, "sample")}, p = ${Number(pValue.toPrecision(2))}`;
  return { met: `not worse: ${seen}`, "not met": `worse: ${seen}`, "cannot tell": seen }[state];
}

interface Room {
  direction: Direction;
  minEffect: number;
  /** No sample differs. */
  alike: boolean;
  isBinary: boolean;
}

/** How many samples would tell, where they go on as they are. */
function howMany(compared: JudgedDifference, { direction, minEffect, alike, isBinary }: Room): string {
  const { n, difference } = compared;
  if (alike) {
    const fewest = isBinary ? fewestAlike(n, minEffect) : Math.max(n, FEWEST_ALIKE);
    const needed = fewest === null ? "" : `: that takes ${fewest} samples, all alike`;
    return `a loss of ${round(minEffect)} cannot be ruled out by so few samples${needed}`;
  }
  const further = furtherToRuleOut(compared, minEffect + (direction === "min" ? -difference : difference));
  const more = further === null ? "" : `, about ${further} more samples would tell`;
  return `a loss of ${round(minEffect)} cannot be ruled out${more}`;
}

/** So many rights and wrongs, none of which differ, rule out a loss; null where no number does. */
function fewestAlike(n: number, loss: number): number | null {
  const rulesOut = (size: number) => {
    const { high } = comparePaired(new Float64Array(size), { largest: 1, binary: true });
    return high !== null && high < loss;
  };
  let [low, high] = [n, 2 * n];
  while (!rulesOut(high)) {
    if (high > MOST_ROWS) return null;
    [low, high] = [high, 2 * high];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (rulesOut(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** What is not compared, in words. */
function describeLeftOut({ pairs, onlyFirst, onlyOther, ...changed }: SamplePairing, size: number, n: number): string[] {
  const { otherQuestion, otherReference, unchecked } = changed;
  const of = (count: number, what: string) => (count === 0 ? [] : [`${count} of the baseline's ${counted(size, "sample")} ${what}`]);
  const not = (count: number, what: string) => (count === 0 ? [] : [`${counted(count, "sample")} ${nounFor(count, "is", "are")} ${what}`]);
  return [
    ...of(onlyFirst.length, `${nounFor(onlyFirst.length, "was", "were")} not asked`),
    ...of(otherQuestion.length, `${nounFor(otherQuestion.length, "asks", "ask")} something else now under the same id`),
    ...of(otherReference.length, `${nounFor(otherReference.length, "has", "have")} another right answer now`),
    ...of(pairs.length - n, `${nounFor(pairs.length - n, "has", "have")} no score now`),
    ...not(onlyOther.length, "not in the baseline"),
    ...not(unchecked, "paired by id alone, for the baseline does not say what they ask: bless a run again to keep that"),
  ];
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
