import type { AuditResult } from "../../experiments/evaluation/audit.js";
import { toCardSummary, type CalibrationCard } from "../../experiments/evaluation/calibration-card.js";
import type { Page } from "./write-page.js";

/** How well a judge agrees with people. Its frozen answers stay in its card. */
export function calibrationPage(card: CalibrationCard, { title }: { title: string }): Page {
  const { anchors, ...figures } = card;
  return { title, view: { kind: "calibration", summary: toCardSummary(card), card: { ...figures, anchors: anchors.length } } };
}

/** What a judge can be fooled by. */
export function auditPage({ command, judge, study, unscored, ...audit }: AuditResult, { title }: { title: string }): Page {
  const { created, discrimination, shifts } = audit;
  const { dataset, status, seconds } = study;
  const facts = { models: judge.models, method: judge.method, warnings: judge.warnings, dataset, status, seconds, unscored };
  return { title, view: { kind: "audit", command, facts, audit: { created, discrimination, shifts } } };
}
