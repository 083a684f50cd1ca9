import { join } from "node:path";
import { z } from "zod";
import { estimateSchema } from "../../base/stats/estimate.js";
import { messageOf, LlmopsError, systemCodeOf } from "../../base/errors/llmops-error.js";
import { readJsonFile } from "../../base/files/read-text-file.js";

export const scoreShiftSchema = z.object({
  criterion: z.string(),
  perturbation: z.string(),
  base: z.enum(["right", "wrong", "all"]).describe("Of right answers, of wrong ones, or of all."),
  expected: z.string(),
  n: z.number(),
  shift: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  p_value: z.number(),
  verdict: z.enum(["holds", "fooled", "cannot tell"]),
});

/** How a perturbation moves scores; positive is up. */
export type ScoreShift = z.infer<typeof scoreShiftSchema>;

export const auditSummarySchema = z.object({
  created: z.string(),
  discrimination: z
    .record(z.string(), estimateSchema)
    .describe("How well right answers are told from wrong ones, as the share of samples whose right answer scores higher (ties half)."),
  shifts: z.array(scoreShiftSchema),
  unscored: z.number(),
});

/** What results show of a judge's audit. */
export type AuditSummary = z.infer<typeof auditSummarySchema>;

/** Where the audit of judges with these fingerprints is kept. */
export function auditPath(folder: string, fingerprints: readonly string[]): string {
  return join(folder, `audit-${fingerprints.join("-")}.json`);
}

/** The audit of judges with these fingerprints, where there was one. Throws INVALID_ARGUMENT for a broken file. */
export function findAudit(folder: string, fingerprints: readonly string[]): AuditSummary | undefined {
  const path = auditPath(folder, fingerprints);
  try {
    return auditSummarySchema.parse(readJsonFile(path));
  } catch (cause) {
    if (systemCodeOf(cause) === "ENOENT") return undefined;
    throw new LlmopsError("INVALID_ARGUMENT", `${path} is not an audit: ${messageOf(cause)}.`, {
      hint: "Audit the judge again, or delete the file.",
      cause,
    });
  }
}
