import { givenAnswers, type GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import { planJudgement } from "../../lib/experiments/evaluation/plan-judgement.js";
import type { Judge } from "../../lib/experiments/judge/judge.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import type { Setting, StudyPlan } from "../../lib/experiments/study/study.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import type { Host } from "../host/host.js";
import { DEFAULT_SEED } from "../studies/study-defaults.js";
import type { StudyOptions } from "../studies/study-options.js";
import { concurrencyOf, listed, openStudyTarget, slotsOf } from "../studies/study-target.js";
import { thinkingOf } from "../studies/thinking.js";
import type { CriteriaOptions } from "./choose-rubrics.js";
import { JudgePanel } from "./judge-panel.js";

/** What every study of judges may be given. */
export interface GradingOptions extends StudyOptions, CriteriaOptions {}

/** What is graded. */
export interface GradingRequest {
  rubrics: readonly Rubric[];
  graded: GradedDataset;
  /** What the model under test is asked with. */
  fixed?: Setting;
  minEffect?: number | undefined;
}

/** Everything a judgement needs, open. */
export interface OpenGrading {
  plan: StudyPlan;
  panel: JudgePanel;
  targets: TargetPool;
  target: { model: string; location: string };
  rates: RateWatch;
}

/** Of a pair by one rubric, at most: two orders, by five votes. */
const GRADINGS = 10;

/** Opens the model under test, where answers are missing, and the judges, for the work; closes them afterwards. */
export function withGrading<T>(
  options: GradingOptions,
  { rubrics, graded, fixed = {}, minEffect = 0 }: GradingRequest,
  host: Host,
  work: (grading: OpenGrading) => Promise<T>,
): Promise<T> {
  const shared = { rubrics, fixed, concurrency: concurrencyOf(options, []), seed: options.seed ?? DEFAULT_SEED, minEffect };
  return withJudges(options, { rubrics, makePlan: (judges) => planJudgement(graded, { ...shared, judges }) }, host, work);
}

/** The same for any plan whose scorers are judges. */
export async function withJudges<T>(
  options: GradingOptions,
  { rubrics, makePlan }: { rubrics: readonly Rubric[]; makePlan: (judges: () => readonly Judge[]) => StudyPlan },
  host: Host,
  work: (grading: OpenGrading) => Promise<T>,
): Promise<T> {
  const rates = new RateWatch();
  const panel = await JudgePanel.create(options, rates);
  const plan = { ...makePlan(() => panel.judges), ...thinkingOf(options) };
  const { dataset, responses } = plan;
  const slots = slotsOf(plan, GRADINGS * rubrics.length);
  const allGiven = dataset.samples.every(({ id }) => responses?.has(id));
  const open = () => openStudyTarget(options, plan.fixed, { slots, rates }, host);
  const onlyJudge = allGiven ? givenAnswers(dataset.path) : undefined;
  const targets = new TargetPool(plan, () => (onlyJudge ? Promise.resolve(onlyJudge) : open()));
  let judgeTarget: CompletionTarget | undefined;
  try {
    const opened = await targets.all();
    const byDefault = async () => (onlyJudge ? (judgeTarget = await open()) : targets.of(0));
    await panel.open(rubrics, { byDefault, answering: onlyJudge ? [] : opened, slots, host });
    host.note(panel.describe());
    const target = { model: listed(opened, "model"), location: listed(opened, "location") };
    return await work({ plan, panel, targets, rates, target });
  } finally {
    rates.close();
    await panel.close();
    await judgeTarget?.close();
    await targets.close();
  }
}
