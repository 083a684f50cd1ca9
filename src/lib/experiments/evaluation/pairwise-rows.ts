import { z } from "zod";
import type { CellRecord } from "../study/cell-record.js";
import type { ComparedDetails, PairwisePlan } from "./pairwise.js";

const winnerSchema = z.enum(["first", "second", "tie"]);

export type Winner = z.infer<typeof winnerSchema>;

export const pairwiseRowSchema = z.object({
  id: z.string(),
  criterion: z.string(),
  first: z.string(),
  second: z.string(),
  winner: winnerSchema.nullable(),
  verdicts: z.array(winnerSchema.nullable()).describe("By order."),
  preference: z.number().nullable(),
  state: z.enum(["scored", "unscored", "failed"]),
  problem: z.string().nullable(),
});

export type PairwiseRow = z.infer<typeof pairwiseRowSchema>;

/** What the verdicts on a criterion say: a row for every pair of contestants over every sample. */
export function toRows({ comparisons, contestants }: PairwisePlan, records: readonly CellRecord[], criterion: string): PairwiseRow[] {
  const byPair = new Map<string, CellRecord[]>();
  for (const record of records) {
    const { sample, first, second } = comparisons[record.sample] ?? { sample: "", first: 0, second: 0 };
    const key = JSON.stringify([sample, first, second]);
    byPair.set(key, [...(byPair.get(key) ?? []), record]);
  }
  return [...byPair].map(([key, own]) => {
    const [id, first, second] = JSON.parse(key) as [string, number, number];
    const ordered = [1, 2].map((order) => own.find((record) => comparisons[record.sample]?.order === order));
    const verdicts = ordered.map((record) => (record?.details?.[criterion] as ComparedDetails | undefined)?.winner ?? null);
    const [one = null, two = null] = verdicts;
    const values = own.flatMap(({ scores }) => scores?.[criterion] ?? []);
    const winner = one === null || two === null ? null : one === two ? one : "tie";
    const names = { first: contestants[first]?.name ?? "", second: contestants[second]?.name ?? "" };
    const preference = values.length === 2 ? values.reduce((sum, value) => sum + value, 0) / 2 : null;
    return { id, criterion, ...names, winner, verdicts, preference, ...stateOf(own, criterion, winner) };
  });
}

function stateOf(records: readonly CellRecord[], criterion: string, winner: Winner | null): Pick<PairwiseRow, "state" | "problem"> {
  const failed = records.find(({ error }) => error)?.error;
  if (failed) return { state: "failed", problem: failed.message };
  if (winner !== null) return { state: "scored", problem: null };
  return { state: "unscored", problem: records.flatMap(({ explanations }) => explanations?.[criterion] ?? [])[0] ?? null };
}

/** How far a row speaks for its first contestant. */
export function shareOf(winner: Winner | null): number {
  return winner === "first" ? 1 : winner === "second" ? 0 : 0.5;
}
