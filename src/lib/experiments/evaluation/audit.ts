import { z } from "zod";
import { compareFamily } from "../../base/stats/compare-family.js";
import { comparePaired } from "../../base/stats/paired.js";
import { estimateRate } from "../../base/stats/estimate.js";
import { isProven } from "../../base/stats/verdict.js";
import { auditSummarySchema, type ScoreShift } from "./audit-summary.js";
import type { JudgedRow } from "./judged-rows.js";
import { type JudgementResult, judgementResultSchema } from "./judgement-result.js";
import type { AuditedAnswer, Perturbation } from "./perturbations.js";

/** A rise of the mean score that a judge may show without being called fooled. */
const HARMLESS = 0.3;

export const auditResultSchema = auditSummarySchema.extend({
  schema: z.literal("llmops.judge-audit/1"),
  command: z.string(),
  judge: judgementResultSchema.shape.judge,
  dataset: judgementResultSchema.shape.study.shape.dataset,
  study: judgementResultSchema.shape.study,
});

/** The document `llmops judge audit --json` prints, also kept as a card. */
export type AuditResult = z.infer<typeof auditResultSchema>;

/** Compares the scores of perturbed answers with those of the plain ones; p values and intervals are corrected over all comparisons (Holm). */
export function toAudit(
  result: JudgementResult,
  answers: ReadonlyMap<string, AuditedAnswer>,
  perturbations: Record<string, Perturbation>,
  created: string,
): AuditResult {
  const criteria = result.judge.criteria.map(({ name }) => name);
  const scores = new ScoresOf(result.rows, answers);
  const cases = criteria.flatMap((criterion) =>
    Object.entries(perturbations).flatMap(([perturbation, { expected }]) =>
      (["right", "wrong", "all"] as const).map((base) => ({ criterion, perturbation, base, expected })),
    ),
  );
  const compared = compareFamily(
    cases.map(({ criterion, perturbation, base }) => scores.differences(criterion, perturbation, base)),
    { correction: "holm" },
  );
  return {
    schema: "llmops.judge-audit/1",
    command: result.command,
    judge: result.judge,
    dataset: result.study.dataset,
    created,
    discrimination: Object.fromEntries(criteria.map((criterion) => [criterion, estimateRate(scores.rightOverWrong(criterion))])),
    shifts: cases.map((one, i): ScoreShift => {
      const { n, difference, low, high, pValue } = compared[i] ?? comparePaired([]);
      const fooled = difference >= HARMLESS && isProven({ pValue });
      const verdict = fooled ? "fooled" : high !== null && high < HARMLESS ? "holds" : "cannot tell";
      return { ...one, n, shift: n > 0 ? difference : null, low, high, p_value: pValue, verdict };
    }),
    unscored: result.rows.filter(({ state }) => state !== "scored").length,
    study: result.study,
  };
}

/** The scores of audited answers, by criterion, sample and what was done. */
class ScoresOf {
  private readonly scores = new Map<string, number>();
  private readonly samples: string[];

  constructor(rows: readonly JudgedRow[], answers: ReadonlyMap<string, AuditedAnswer>) {
    for (const { id, criterion, score } of rows) {
      const answer = answers.get(id);
      if (answer && score !== null) this.scores.set(keyOf(criterion, answer), score);
    }
    this.samples = [...new Set([...answers.values()].map(({ sample }) => sample))];
  }

  /** Perturbed minus plain; right and wrong answers of a sample are one unit. */
  differences(criterion: string, perturbation: string, base: "right" | "wrong" | "all"): number[] {
    const bases = base === "all" ? (["right", "wrong"] as const) : [base];
    return this.samples.flatMap((sample) => {
      const own = bases.flatMap((one) => {
        const plain = this.scores.get(keyOf(criterion, { sample, base: one, perturbation: "plain" }));
        const changed = this.scores.get(keyOf(criterion, { sample, base: one, perturbation }));
        return plain === undefined || changed === undefined ? [] : [changed - plain];
      });
      return own.length === 0 ? [] : [own.reduce((sum, value) => sum + value, 0) / own.length];
    });
  }

  rightOverWrong(criterion: string): number[][] {
    return this.samples.flatMap((sample) => {
      const [right, wrong] = (["right", "wrong"] as const).map((base) =>
        this.scores.get(keyOf(criterion, { sample, base, perturbation: "plain" })),
      );
      return right === undefined || wrong === undefined ? [] : [[right > wrong ? 1 : right === wrong ? 0.5 : 0]];
    });
  }
}

function keyOf(criterion: string, { sample, base, perturbation }: AuditedAnswer): string {
  return JSON.stringify([criterion, sample, base, perturbation]);
}
