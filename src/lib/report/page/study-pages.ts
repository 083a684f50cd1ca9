import type { OptimizationResult } from "../../experiments/optimize/optimization-result.js";
import { searchFailure } from "../../experiments/optimize/search-failure.js";
import { sweepFailure } from "../../experiments/study/nothing-scored.js";
import type { SweepResult } from "../../experiments/study/sweep-result.js";
import { benchFailure, describeBench } from "../bench-verdict.js";
import type { BenchResult } from "../bench-table.js";
import { describeSearch } from "../optimization-table.js";
import { describeRateLimits } from "../rate-limit-lines.js";
import { studyVerdict, verdictSentence } from "../study-verdict.js";
import { sweepProblems } from "../sweep-problems.js";
import { optimizationTruncated } from "../truncated-line.js";
import { keptAnswers, type AnswerSource } from "./kept-answers.js";
import { studyPage } from "./study-page.js";
import type { Page } from "./write-page.js";

/** A sweep, an A/B test, or an evaluation: what its Study page in the web application shows, and every answer beside the others. */
export function sweepPage(result: SweepResult, source: AnswerSource, kind: "sweep" | "ab"): Page {
  const { study } = result;
  const { done, planned: total } = study.cells;
  const page = studyPage({
    ...{ title: `${study.name}: ${study.model}`, kind, status: study.status, resume: study.resume, result },
    ...{
      verdict: verdictSentence(result),
      failure: sweepFailure(result),
      cells: { done, total },
      notes: sweepProblems(result, { yellow: String }),
    },
  });
  return { ...page, view: { ...page.view, method: studyVerdict(result).method, answers: keptAnswers(result, source) } };
}

/** A search: its history, what is believed, and the proof. */
export function optimizationPage(result: OptimizationResult): Page {
  const { study } = result;
  const { done, planned: total } = study.cells;
  return studyPage({
    ...{ title: `${study.name}: ${study.model}`, kind: "optimize", status: study.status, resume: study.resume, result },
    ...{ verdict: describeSearch(result), failure: searchFailure(result), cells: { done, total } },
    notes: [...describeRateLimits(study), ...optimizationTruncated(result)],
  });
}

/** A load test; `searched` says whether the highest rate was asked for. */
export function benchPage(result: BenchResult, searched: boolean): Page {
  const { model, target, status = "finished", command = "", levels } = result;
  const done = levels.reduce((sum, { requests }) => sum + requests.done, 0);
  return studyPage({
    ...{ title: `Load on ${model} at ${target}`, kind: "bench", status, resume: command, result },
    ...{ verdict: describeBench(result, { searched }), failure: benchFailure(result), cells: { done, total: done }, notes: [] },
  });
}
