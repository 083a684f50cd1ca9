import type { CriterionMetrics, JudgedRow, PairwiseRow } from "../../../api/judge-documents.js";

/** A level of a criterion, and how many rows are on it. */
export interface LevelCount {
  level: string;
  rows: number;
}

/** How many rows are on each level: expected numbers where the judge gave probabilities, otherwise scores rounded to levels. */
export function levelCounts(
  name: string,
  levels: readonly string[],
  { distribution }: CriterionMetrics,
  rows: readonly JudgedRow[],
): LevelCount[] {
  if (distribution) return levels.map((level) => ({ level, rows: distribution[level] ?? 0 }));
  const counts = new Map<string, number>();
  for (const { criterion, score } of rows) {
    if (criterion !== name || score === null) continue;
    const level = String(Math.round(score));
    counts.set(level, (counts.get(level) ?? 0) + 1);
  }
  return levels.map((level) => ({ level, rows: counts.get(level) ?? 0 }));
}

/** A row of judgments: one answer with its criteria. */
export interface JudgedAnswer {
  id: string;
  question: string;
  answer: string | null;
  reference: string | null;
  verdicts: JudgedRow[];
}

/** Rows of a document as answers, in their order, which is the worst first. */
export function answersOf(rows: readonly JudgedRow[]): JudgedAnswer[] {
  const answers = new Map<string, JudgedAnswer>();
  for (const row of rows) {
    const { id, question, answer, reference } = row;
    const known = answers.get(id);
    if (known) known.verdicts.push(row);
    else answers.set(id, { id, question, answer, reference, verdicts: [row] });
  }
  return [...answers.values()];
}

/** Verdicts in the order in which both sides were shown: how often which pair of them was seen. */
export type OrderCounts = Record<Verdict, Record<Verdict, number>>;
type Verdict = "first" | "tie" | "second";
export const VERDICTS: readonly Verdict[] = ["first", "tie", "second"];

/** How often each verdict of the first order met each of the second; rows that lack one are left out. */
export function orderCounts(rows: readonly PairwiseRow[]): OrderCounts {
  const none = () => ({ first: 0, tie: 0, second: 0 });
  const counts: OrderCounts = { first: none(), tie: none(), second: none() };
  for (const { verdicts } of rows) {
    const [one, two] = verdicts;
    if (one && two && VERDICTS.includes(one) && VERDICTS.includes(two)) counts[one][two]++;
  }
  return counts;
}

/** Whether the two orders led to different verdicts. */
export function isFlip({ verdicts: [one, two] }: PairwiseRow): boolean {
  return Boolean(one && two) && one !== two;
}
