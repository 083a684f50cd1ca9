import { findAudit, type AuditSummary } from "../../lib/experiments/evaluation/audit-summary.js";
import { findCard, type CalibrationCard } from "../../lib/experiments/evaluation/calibration-card.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import { cardFolder } from "../studies/study-folders.js";

/** What was found out about judges before. */
export interface KnownJudges {
  /** By rubric. */
  cards: (CalibrationCard | undefined)[];
  audit: AuditSummary | undefined;
}

/** The cards and the audit of judges, by their fingerprint for each rubric. Throws INVALID_ARGUMENT for a broken file. */
export function knownJudges({ rubrics, fingerprints }: { rubrics: readonly Rubric[]; fingerprints: readonly string[] }): KnownJudges {
  const folder = cardFolder();
  const cards = rubrics.map((rubric, i) => findCard(folder, rubric.name, fingerprints[i] ?? ""));
  return { cards, audit: findAudit(folder, fingerprints) };
}
