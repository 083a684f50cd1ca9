import { requireKappa } from "../../lib/experiments/evaluation/calibration-card.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import { runJudgement } from "../../lib/experiments/evaluation/run-judgement.js";
import type { Budget } from "../../lib/experiments/study/budget.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import { describeGrades } from "../../lib/report/grading-verdict.js";
import { describeRunningGrades } from "../../lib/report/running-grades.js";
import type { Host } from "../host/host.js";
import { MOST_RUNNING } from "../studies/announce-study.js";
import { openJournal, withJournal } from "../studies/study-journals.js";
import { originOf } from "../studies/study-options.js";
import { recordStudy, type RecordedParts, type StudyContext } from "../studies/record-study.js";
import { knownJudges } from "./known-judges.js";
import type { GradingOptions, OpenGrading } from "./open-grading.js";

/** How calibration cards are used. */
export interface CardUse {
  /** Their frozen answers are graded again. */
  anchors: boolean;
  /** The agreement with people they have to show. */
  leastKappa?: number | undefined;
}

/** What runs inside a journal and a tracker, with the judges' fingerprints. */
export interface JudgingContext extends StudyContext {
  fingerprints: readonly string[];
  /** Takes what says how the work stands, as `WithProgress` has it. */
  below: (make: () => readonly string[]) => void;
}

/** A grading by a command, or by the function of this name, in an experiment of its own. */
export interface NamedGrading extends OpenGrading {
  name: string;
  experiment: string;
  /** Of those that can be watched while they run. */
  kind?: RecordedParts["kind"];
  budget?: Budget | undefined;
}

/** Runs a study of judges within a journal that can be resumed, and a lock; `work` says how, and returns its result. */
export async function runJudging<T extends { study: { status: StudyRun["status"] } }>(
  options: GradingOptions,
  { plan, panel, target, rates, name, experiment, kind, budget }: NamedGrading,
  host: Host,
  work: (context: JudgingContext) => Promise<T>,
): Promise<T> {
  const { fingerprints } = panel;
  const { resume, plugins } = options;
  const origin = originOf(options, name);
  const journal = openJournal(plan, { origin, resume, opened: [target], judges: fingerprints, plugins });
  const recorded = () =>
    recordStudy(options, { origin, journal, target, rates, experiment, kind, budget }, host, (context) =>
      host.withProgress(plan.dataset.samples.length, "rows", (onCell, _say, below) =>
        work({ ...context, typed: context.typed.trim(), fingerprints, onCell, below }),
      ),
    );
  return withJournal(journal, recorded, ({ study }) => study.status === "finished");
}

/** Grades and records, after a check of the judges' calibration cards. Throws JUDGE_UNCALIBRATED. */
export function runGrading(
  options: GradingOptions,
  { anchors, leastKappa }: CardUse,
  grading: NamedGrading,
  host: Host,
): Promise<JudgementResult> {
  const { plan, panel, targets } = grading;
  const { rubrics, judges, isSelf: self } = panel;
  const { cards, audit: found } = knownJudges(panel);
  if (leastKappa !== undefined) rubrics.forEach(({ name }, i) => requireKappa(leastKappa, name, cards[i]));
  // what calibrates or audits a judge says nothing of an older audit, nor of grades that are its material
  const audit = grading.kind === undefined ? undefined : found;
  return runJudging(options, grading, host, (context) => {
    const onBegin = ({ table }: StudyRun) => {
      if (grading.kind !== undefined) context.below(() => describeRunningGrades(plan, table, MOST_RUNNING));
    };
    const telling = { onBegin, onNote: host.note, describe: describeGrades };
    return runJudgement(plan, targets, { ...context, rubrics, judges, self, cards, audit, anchors, ...telling });
  });
}
