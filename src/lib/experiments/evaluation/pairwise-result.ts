import { z } from "zod";
import type { Judge } from "../judge/judge.js";
import { bradleyTerry, type Duel } from "../../base/stats/bradley-terry.js";
import { bootstrapInterval } from "../../base/stats/bootstrap.js";
import { estimateRate, estimateSchema } from "../../base/stats/estimate.js";
import { letterDisplay } from "../../base/stats/letters.js";
import { compareFamily } from "../../base/stats/compare-family.js";
import { isProven } from "../../base/stats/verdict.js";
import { cellErrorSchema } from "../study/error-tally.js";
import type { StudyRun } from "../study/study-ledger.js";
import type { CellRecord } from "../study/cell-record.js";
import type { StudyJournal } from "../study/study-journal.js";
import type { PairwisePlan } from "./pairwise.js";
import { pairwiseRowSchema, shareOf, toRows, type PairwiseRow, type Winner } from "./pairwise-rows.js";
import { modelsSchema, recordedFields, studyStatusSchema } from "../study/document-fields.js";

const pairResultSchema = z.object({
  first: z.string(),
  second: z.string(),
  win_rate: estimateSchema.describe(
    "How often the first wins, ties counted half, with the interval that belongs to the verdict: corrected over all pairs.",
  ),
  confidence: z.number().describe("Of that interval."),
  wins: z.number(),
  losses: z.number(),
  ties: z.number(),
  flips: z.number().describe("Samples on which the two orders named different winners."),
  flip_rate: z.number(),
  p_value: z.number().describe("That both are as good, corrected over all pairs."),
  verdict: z.enum(["better", "worse", "cannot tell"]),
});

/** Two contestants over all samples: each sample in both orders, and a tie where the orders disagree. */
export type PairResult = z.infer<typeof pairResultSchema>;

const criterionComparisonSchema = z.object({
  pairs: z.array(pairResultSchema),
  ranking: z
    .array(
      z.object({
        name: z.string(),
        strength: z.number(),
        low: z.number().nullable(),
        high: z.number().nullable(),
        letters: z.string(),
      }),
    )
    .describe("Bradley-Terry strengths in logits around 0, best first; who share a letter are not told apart."),
  first_place: estimateSchema.describe(
    "How often the answer shown first won, of verdicts that were no ties: 0.5 for a judge without a favorite place.",
  ),
  unscored: z.number(),
});

export type CriterionComparison = z.infer<typeof criterionComparisonSchema>;

export const pairwiseResultSchema = z.object({
  schema: z.literal("llmops.pairwise/2"),
  command: z.string(),
  study: z.object({
    id: z.string(),
    resume: z.string(),
    status: studyStatusSchema,
    dataset: z.object({
      path: z.string(),
      digest: z.string(),
    }),
    samples: z.number(),
    comparisons: z.number(),
    ...recordedFields,
  }),
  contestants: z.array(z.string()),
  judge: z.object({
    models: modelsSchema,
    method: z.string(),
    reason: z.string(),
    fingerprints: z.record(z.string(), z.string()),
  }),
  criteria: z.record(z.string(), criterionComparisonSchema),
  rows: z.array(pairwiseRowSchema),
  errors: z.array(cellErrorSchema),
});

/** The document `llmops judge --pairwise --json` prints. */
export type PairwiseResult = z.infer<typeof pairwiseResultSchema>;

export type PairwiseFacts = Omit<PairwiseResult["study"], "status" | "samples" | "comparisons" | "dataset"> & {
  command: string;
  judges: readonly Judge[];
};

/** Puts the verdicts of a pairwise study together. */
export function toPairwiseResult(
  pairwise: PairwisePlan,
  run: StudyRun,
  journal: StudyJournal,
  { command, judges, ...study }: PairwiseFacts & { fingerprints: Record<string, string> },
): PairwiseResult {
  const { plan, contestants } = pairwise;
  const { fingerprints, ...rest } = study;
  const records = recordsOf(run, journal);
  const names = contestants.map(({ name }) => name);
  const rows = plan.scorers.flatMap(({ name }) => toRows(pairwise, records, name));
  const [first] = judges;
  return {
    schema: "llmops.pairwise/2",
    command,
    study: {
      ...rest,
      status: run.status,
      dataset: { path: plan.dataset.path, digest: plan.dataset.digest },
      samples: new Set(pairwise.comparisons.map(({ sample }) => sample)).size,
      comparisons: records.length,
    },
    contestants: names,
    judge: {
      models: judges.map(({ target: { model, location } }) => ({ model, location })),
      method: first?.options.method ?? "",
      reason: first?.options.reason ?? "",
      fingerprints,
    },
    criteria: Object.fromEntries(
      plan.scorers.map(({ name }) => [
        name,
        compareAll(
          rows.filter(({ criterion }) => criterion === name),
          names,
        ),
      ]),
    ),
    rows,
    errors: run.errors,
  };
}

/** How every two contestants compare by every criterion, of what is compared by now. */
export function runningPairs(pairwise: PairwisePlan, run: Pick<StudyRun, "table">, journal: StudyJournal): Record<string, PairResult[]> {
  const records = recordsOf(run, journal);
  const names = pairwise.contestants.map(({ name }) => name);
  const pairsBy = (criterion: string) =>
    comparePairs(
      toRows(pairwise, records, criterion).filter(({ winner }) => winner !== null),
      names,
    );
  return Object.fromEntries(pairwise.plan.scorers.map(({ name }) => [name, pairsBy(name)]));
}

function recordsOf({ table }: Pick<StudyRun, "table">, journal: StudyJournal): CellRecord[] {
  return table.cellsOf(0).flatMap((cell) => journal.read(table.indexOf(cell)) ?? []);
}

/** Every two contestants by the rows of a criterion that have a winner or a tie. */
function comparePairs(scored: readonly PairwiseRow[], names: readonly string[]): PairResult[] {
  const pairs = names.flatMap((first, i) => names.slice(i + 1).map((second) => [first, second] as const));
  const rowsOf = pairs.map(([first, second]) => scored.filter((row) => row.first === first && row.second === second));
  const compared = compareFamily(
    rowsOf.map((own) => own.map(({ winner }) => shareOf(winner) - 0.5)),
    { correction: "holm", scale: { largest: 0.5, binary: true } },
  );
  return pairs.map(([first, second], i): PairResult => {
    const { n, difference, low, high, confidence, pValue } = compared[i] as (typeof compared)[number];
    const verdict = !isProven({ pValue }) ? "cannot tell" : difference > 0 ? "better" : "worse";
    const ends = { low: low === null ? null : low + 0.5, high: high === null ? null : high + 0.5 };
    return {
      first,
      second,
      win_rate: { mean: difference + 0.5, ...ends, n },
      confidence,
      ...countPair(rowsOf[i] ?? []),
      p_value: pValue,
      verdict,
    };
  });
}

function compareAll(rows: readonly PairwiseRow[], names: readonly string[]): CriterionComparison {
  const scored = rows.filter(({ winner }) => winner !== null);
  const results = comparePairs(scored, names);
  const places = scored.flatMap(({ verdicts }) =>
    verdicts.flatMap((winner, order) => (winner === "tie" || winner === null ? [] : [[Number((winner === "first") === (order === 0))]])),
  );
  return {
    pairs: results,
    ranking: rank(scored, names, results),
    first_place: estimateRate(places),
    unscored: rows.length - scored.length,
  };
}

function countPair(rows: readonly PairwiseRow[]): Pick<PairResult, "wins" | "losses" | "ties" | "flips" | "flip_rate"> {
  const count = (wanted: Winner) => rows.filter(({ winner }) => winner === wanted).length;
  const flips = rows.filter(({ verdicts: [one, two] }) => one !== two).length;
  return {
    ...{ wins: count("first"), losses: count("second"), ties: count("tie"), flips },
    flip_rate: rows.length === 0 ? 0 : flips / rows.length,
  };
}

function rank(rows: readonly PairwiseRow[], names: readonly string[], pairs: readonly PairResult[]): CriterionComparison["ranking"] {
  // all comparisons of a sample go together into a resample: they are not independent
  const bySample = new Map<string, Duel[]>();
  for (const { id, first, second, winner } of rows) {
    const duel = { first: names.indexOf(first), second: names.indexOf(second), won: shareOf(winner) };
    bySample.set(id, [...(bySample.get(id) ?? []), duel]);
  }
  const clusters = [...bySample.values()];
  const strengthsOf = (units: readonly number[]) =>
    bradleyTerry(
      names.length,
      units.flatMap((unit) => clusters[unit] ?? []),
    );
  const strengths = strengthsOf(clusters.map((_, i) => i));
  const order = names.map((_, i) => i).sort((a, b) => (strengths[b] ?? 0) - (strengths[a] ?? 0));
  const resampled = new Map<string, number[]>();
  const cached = (units: readonly number[]) => {
    const key = units.join();
    const found = resampled.get(key) ?? strengthsOf(units);
    resampled.set(key, found);
    return found;
  };
  const differs = (a: number, b: number) => {
    const [first, second] = [names[order[a] ?? 0], names[order[b] ?? 0]];
    const pair = pairs.find((one) => [one.first, one.second].every((name) => name === first || name === second));
    return pair !== undefined && pair.verdict !== "cannot tell";
  };
  const letters = letterDisplay(names.length, differs);
  return order.map((contestant, place) => {
    const interval = bootstrapInterval(clusters.length, (units) => cached(units)[contestant] ?? Number.NaN);
    const strength = strengths[contestant] ?? 0;
    return {
      name: names[contestant] ?? "",
      strength,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      letters: letters[place] ?? "",
    };
  });
}
