import { judgementFailure, pairwiseFailure } from "../../experiments/evaluation/grading-failure.js";
import type { JudgementResult } from "../../experiments/evaluation/judgement-result.js";
import { endedRows } from "../../experiments/evaluation/judged-rows.js";
import type { PairwiseResult } from "../../experiments/evaluation/pairwise-result.js";
import { describeGrades, describePairs } from "../grading-verdict.js";
import { describeRateLimits } from "../rate-limit-lines.js";
import { judgementTruncated } from "../truncated-line.js";
import { studyPage } from "./study-page.js";
import type { Page } from "./write-page.js";

/** A judgement: its criteria, what is known of the judge, and every graded answer. */
export function judgementPage(result: JudgementResult): Page {
  const { study, target, judge } = result;
  const { done } = endedRows(study.rows);
  return studyPage({
    ...{ title: `${target.model}, graded by ${judge.models.map(({ model }) => model).join(", ")}`, kind: "judge", result },
    ...{ status: study.status, resume: study.resume, verdict: describeGrades(result), cells: { done, total: done } },
    failure: judgementFailure(result),
    notes: [...describeRateLimits(study), ...judgementTruncated(result)],
  });
}

/** Answers of several models compared in pairs. */
export function pairwisePage(result: PairwiseResult): Page {
  const { study, contestants } = result;
  const { length } = result.rows;
  return studyPage({
    ...{ title: contestants.join(" against "), kind: "pairwise", status: study.status, resume: study.resume, result },
    ...{
      verdict: describePairs(result),
      failure: pairwiseFailure(result),
      cells: { done: length, total: length },
      notes: describeRateLimits(study),
    },
  });
}
