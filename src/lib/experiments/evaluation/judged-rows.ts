import { z } from "zod";
import type { EndedCells } from "../gates/checks.js";
import { type JudgedDetails, judgedDetailsSchema } from "../judge/judge-scorer.js";
import type { Rubric } from "../judge/rubric.js";
import type { CellRecord } from "../study/cell-record.js";
import type { StudyPlan } from "../study/study.js";

/** Rows a person should look at. */
const DOUBTFUL_ROWS = 10;
/** Bits of entropy from which a judge is in doubt: as of two levels, one four times as likely as the other. */
const DOUBT_BITS = 0.72;

export const judgedRowSchema = z.object({
  id: z.string(),
  criterion: z.string(),
  score: z.number().nullable(),
  distribution: z.array(z.number()).nullable().describe("The probability of each level, lowest first."),
  entropy: z.number().nullable(),
  justification: z.string().nullable(),
  method: z.string().nullable(),
  state: z
    .enum(["scored", "unscored", "failed", "filtered"])
    .describe("failed: the model gave no answer; filtered: the answer was withheld; unscored: the judge gave no readable score."),
  problem: z.string().nullable().describe("Why the row has no score."),
  question: z.string(),
  answer: z.string().nullable(),
  reference: z.string().nullable(),
  panel: judgedDetailsSchema.shape.panel.exactOptional(),
});

/** A row of a judgement: one criterion's verdict on one answer. */
export type JudgedRow = z.infer<typeof judgedRowSchema>;

export const rowCountsSchema = z.object({
  scored: z.number(),
  unscored: z.number(),
  failed: z.number(),
  filtered: z.number(),
  truncated: z
    .number()
    .exactOptional()
    .describe("Answers that were cut off at the limit of tokens, however they were graded; absent where there are none."),
});

/** How many rows of a judgement ended in which way. */
export type RowCounts = z.infer<typeof rowCountsSchema>;

/** The rows of one answer, a criterion each. */
export function toRows(plan: StudyPlan, record: CellRecord, rubrics: readonly Rubric[]): JudgedRow[] {
  const { id = "", question = "", answer: reference = null } = plan.dataset.samples[record.sample] ?? {};
  const { text: answer = null } = record;
  return rubrics.map(({ name }) => ({ id, criterion: name, question, answer, reference, ...toVerdictFields(record, name) }));
}

type VerdictFields = Omit<JudgedRow, "id" | "criterion" | "question" | "answer" | "reference">;

const NOTHING_READ: Omit<JudgedDetails, "method"> & { method: string | null } = { method: null, distribution: null, entropy: null };

function toVerdictFields({ details = {}, explanations = {}, scores = {}, error }: CellRecord, name: string): VerdictFields {
  const { distribution, entropy, method, panel } = (details[name] as JudgedDetails | undefined) ?? NOTHING_READ;
  const { [name]: said = null } = explanations;
  const { [name]: score = null } = scores;
  const read = { distribution, entropy, method, ...(panel && { panel }) };
  if (score !== null) return { score, ...read, justification: said, state: "scored", problem: null };
  return { score, ...read, justification: null, state: stateOf(error), problem: error?.message ?? said };
}

function stateOf(error: CellRecord["error"]): JudgedRow["state"] {
  if (error === undefined) return "unscored";
  return error.code === "CONTENT_FILTERED" ? "filtered" : "failed";
}

/** The rows of a judgement as cells that ended. */
export function endedRows({ scored, unscored, failed, filtered }: RowCounts): EndedCells {
  return { done: scored + unscored + failed + filtered, failed, filtered, unscored };
}

/** Rows of a judgement by sample, in their order. */
export function bySample(rows: readonly JudgedRow[]): JudgedRow[][] {
  const samples = new Map<string, JudgedRow[]>();
  for (const row of rows) samples.set(row.id, [...(samples.get(row.id) ?? []), row]);
  return [...samples.values()];
}

/** How the rows of one answer ended: as the first without a score did. */
export function worstState(rows: readonly JudgedRow[]): JudgedRow["state"] {
  return rows.find(({ state }) => state !== "scored")?.state ?? "scored";
}

/** Ids of the rows the judges are least sure of, the most doubtful first. */
export function doubtfulIds(rows: readonly JudgedRow[]): string[] {
  const doubt = new Map<string, number>();
  for (const { id, entropy, panel } of rows) {
    const scores = (panel ?? []).flatMap(({ score }) => (score === null ? [] : [score]));
    const apart = scores.length > 1 ? Math.max(...scores) - Math.min(...scores) : 0;
    const most = Math.max(entropy ?? 0, apart >= 1.5 ? 1 + apart : 0);
    if (most >= DOUBT_BITS) doubt.set(id, Math.max(doubt.get(id) ?? 0, most));
  }
  return [...doubt]
    .sort(([, a], [, b]) => b - a)
    .slice(0, DOUBTFUL_ROWS)
    .map(([id]) => id);
}
