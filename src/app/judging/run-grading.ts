import { currentUser } from "../../lib/base/config/environment.js";
import { counted } from "../../lib/base/errors/counted.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { findCard, requireKappa } from "../../lib/experiments/evaluation/calibration-card.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import { runJudgement } from "../../lib/experiments/evaluation/run-judgement.js";
import type { Budget } from "../../lib/experiments/study/budget.js";
import type { RunOptions } from "../../lib/experiments/study/run-study.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import type { RecorderOptions } from "../../lib/experiments/study/study-recorder.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import type { Host } from "../host/host.js";
import { cardFolder } from "../studies/study-folders.js";
import { openJournal, withJournal } from "../studies/study-journals.js";
import { budgetOf, limitsOf, originOf, typedBy } from "../studies/study-options.js";
import { DEFAULT_TRACKING_URI } from "../targets/open-target.js";
import { withTracker } from "../tracking/with-store.js";
import type { GradingOptions, OpenGrading } from "./open-grading.js";

/** How calibration cards are used. */
export interface CardUse {
  /** Their frozen answers are graded again. */
  anchors: boolean;
  /** The agreement with people they have to show. */
  leastKappa?: number | undefined;
}

/** What runs inside a journal and a tracker. */
export interface JudgingContext extends RecorderOptions, RunOptions {
  typed: string;
  store: TrackingStore;
  trackingUri: string;
  fingerprints: readonly string[];
}

/** A grading by a command, or by the function of this name, in an experiment of its own. */
export interface NamedGrading extends OpenGrading {
  name: string;
  experiment: string;
  budget?: Budget | undefined;
}

/** Runs a study of judges within a journal that can be resumed, and a lock; `work` says how, and returns its result. */
export async function runJudging<T extends { study: { status: StudyRun["status"] } }>(
  options: GradingOptions,
  { plan, panel, target, rates, name, experiment, budget = budgetOf(options) }: NamedGrading,
  host: Host,
  work: (context: JudgingContext) => Promise<T>,
): Promise<T> {
  const { fingerprints } = panel;
  const origin = originOf(options, name);
  const journal = openJournal(plan, { origin, resume: options.resume, opened: [target], judges: fingerprints });
  const tracked = () =>
    withTracker(options.trackingUri ?? DEFAULT_TRACKING_URI, host.note, ({ tracker, store, uri }) =>
      host.withProgress(plan.dataset.samples.length, "rows", (tick) =>
        work({
          ...{ tracker, store, journal, target, rates, trackingUri: uri, user: currentUser(), fingerprints },
          ...{ experiment: options.experiment ?? experiment, command: origin.name, typed: typedBy(origin).trim() },
          ...{ resumed: options.resume !== undefined, limits: limitsOf(options) },
          ...(budget && { budget }),
          ...{ retryFailed: options.retryFailed ?? false, signal: host.signal, onCell: tick },
        }),
      ),
    );
  return withJournal(journal, tracked, ({ study }) => study.status === "finished");
}

/** Grades and records, after a check of the judges' calibration cards. Throws JUDGE_UNCALIBRATED. */
export function runGrading(
  options: GradingOptions,
  { anchors, leastKappa }: CardUse,
  grading: NamedGrading,
  host: Host,
): Promise<JudgementResult> {
  const { plan, panel, targets } = grading;
  const { rubrics, judges, isSelf: self, fingerprints } = panel;
  const cards = rubrics.map((rubric, i) => findCard(cardFolder(), rubric.name, fingerprints[i] ?? ""));
  if (leastKappa !== undefined) rubrics.forEach(({ name }, i) => requireKappa(leastKappa, name, cards[i]));
  return runJudging(options, grading, host, (context) =>
    runJudgement(plan, targets, { ...context, rubrics, judges, self, cards, anchors, onNote: host.note }),
  );
}

/** Grades everything, or throws: ABORTED or BUDGET_SPENT, with how to resume it. What needs all rows is made of its result. */
export async function runWholeGrading(options: GradingOptions, grading: NamedGrading, host: Host): Promise<JudgementResult> {
  const result = await runGrading(options, { anchors: false }, grading, host);
  const { status, rows, dataset, resume } = result.study;
  if (status === "finished" && rows.scored > 0) return result;
  if (status === "finished") {
    const problem = result.rows.find((row) => row.problem !== null)?.problem ?? "nothing was graded";
    throw new LlmopsError("SCORER_FAILED", `The judge scored none of ${counted(dataset.samples, "row")}: ${problem}.`, {
      hint: `Fix what it says, then: ${resume} --retry-failed`,
    });
  }
  const [code, what] =
    status === "interrupted" ? (["ABORTED", "Interrupted"] as const) : (["BUDGET_SPENT", "The budget was spent"] as const);
  throw new LlmopsError(code, `${what} after ${rows.scored} of ${counted(dataset.samples, "row")}; there is no card yet.`, {
    hint: `Go on with: ${resume}`,
  });
}
