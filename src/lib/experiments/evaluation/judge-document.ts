import { describeValidity } from "../judge/demo-domain.js";
import { panelFingerprint, type Judge } from "../judge/judge.js";
import type { Rubric } from "../judge/rubric.js";
import type { JudgeShift } from "./anchors.js";
import type { AuditSummary } from "./audit-summary.js";
import { toCardSummary, type CalibrationCard } from "./calibration-card.js";
import type { JudgementResult } from "./judgement-result.js";

const GRADES_ITSELF = "The judge grades answers of its own model: models favor what they write themselves.";

/** What is known of the judges of a judgement. */
export interface JudgeFacts {
  rubrics: readonly Rubric[];
  judges: readonly Judge[];
  self: boolean;
  /** Of each rubric, where its judge was calibrated. */
  cards: readonly (CalibrationCard | undefined)[];
  /** Of all the judges together, where they were audited. */
  audit?: AuditSummary | undefined;
  shift: JudgeShift | null;
}

/** Puts what is known of the judges into the published form; `validity` is that of the demo model. */
export function toJudgeDocument(facts: JudgeFacts, validity: JudgementResult["judge"]["validity"]): JudgementResult["judge"] {
  const [first] = facts.judges;
  return {
    models: facts.judges.map(({ target: { model, location } }) => ({ model, location })),
    method: first?.options.method ?? "",
    reason: first?.options.reason ?? "",
    layout: first?.options.layout ?? "",
    votes: first?.options.method === "votes" ? first.options.votes : null,
    self: facts.self,
    criteria: facts.rubrics.map((rubric, i) => ({
      name: rubric.name,
      title: rubric.title,
      weight: rubric.weight,
      levels: Object.fromEntries(rubric.levels.map(({ value, text }) => [value, text])),
      fingerprint: panelFingerprint(facts.judges, rubric),
      card: facts.cards[i] ? toCardSummary(facts.cards[i]) : null,
    })),
    ...{ validity, audit: facts.audit ?? null },
    warnings: [describeValidity(validity) ?? [], facts.self ? [GRADES_ITSELF] : []].flat(),
    shift: facts.shift,
  };
}
