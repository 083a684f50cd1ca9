import { currentUser } from "../../lib/base/config/environment.js";
import { findCard, requireKappa } from "../../lib/experiments/evaluation/calibration-card.js";
import { givenAnswers, readGradedDataset, type GradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import type { JudgementResult } from "../../lib/experiments/evaluation/judgement-result.js";
import { panelFingerprint, type Judge } from "../../lib/experiments/judge/judge.js";
import { planJudgement } from "../../lib/experiments/evaluation/plan-judgement.js";
import { runJudgement } from "../../lib/experiments/evaluation/run-judgement.js";
import { findRubric, rubricOfSentence } from "../../lib/experiments/judge/rubric-files.js";
import { isPerRow } from "../../lib/experiments/judge/judge-scorer.js";
import type { Rubric } from "../../lib/experiments/judge/rubric.js";
import { canonicalName } from "../../lib/experiments/dataset/column-names.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import { RateWatch } from "../../lib/inference/openai/rate-watch.js";
import { datasetNotes } from "../../lib/experiments/study/dataset-notes.js";
import { Budget, parseBudget } from "../../lib/experiments/study/budget.js";
import type { RunOptions } from "../../lib/experiments/study/run-study.js";
import type { StudyRun } from "../../lib/experiments/study/study-ledger.js";
import type { RecorderOptions } from "../../lib/experiments/study/study-recorder.js";
import type { Setting, StudyPlan } from "../../lib/experiments/study/study.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { TargetPool } from "../../lib/experiments/study/target-pool.js";
import { type GradingFlags, type JudgingFlags } from "../../cli/flags/grading-flags.js";
import { JudgeSeat } from "./judge-panel.js";
import { withProgress } from "../../cli/terminal/progress.js";
import { withTracker } from "../tracking/with-store.js";
import { openJournal, withJournal, type StudyCommand } from "../studies/study-resume.js";
import { concurrencyOf, listed, openStudyTarget } from "../studies/study-target.js";
import { counted } from "../../lib/base/errors/counted.js";
import { cardFolder } from "../studies/study-folders.js";
import { DEFAULT_LIMIT, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { thinkingOf } from "../studies/thinking.js";
import { targetOf } from "../../cli/flags/target-flags.js";
import { thoughtsOf } from "../../cli/flags/thinking-flags.js";

const DEFAULT_RUBRICS = ["relevance", "accuracy", "clarity"];

/** What a command grades. */
export interface GradingRequest {
  rubrics: readonly Rubric[];
  graded: GradedDataset;
  /** What the model under test is asked with. */
  fixed?: Setting;
  minEffect?: number;
}

/** How calibration cards are looked at. */
export interface CardUse {
  /** Their frozen answers are graded again. */
  anchors: boolean;
  /** The agreement with people they have to show. */
  leastKappa?: number | undefined;
}

/** Everything a judgement needs, open. */
export interface OpenGrading {
  plan: StudyPlan;
  seat: JudgeSeat;
  targets: TargetPool;
  target: { model: string; location: string };
  rates: RateWatch;
}

/** The rubrics the flags name. Throws RUBRIC_NOT_FOUND, RUBRIC_INVALID, or INVALID_ARGUMENT for two of one name. */
export function readRubrics(
  { rubric = [], criteria = [] }: Pick<JudgingFlags, "rubric" | "criteria">,
  byDefault = DEFAULT_RUBRICS,
): Rubric[] {
  const named = rubric.length + criteria.length === 0 ? byDefault : rubric;
  const rubrics = [
    ...named.map((reference) => findRubric(reference).rubric),
    ...criteria.map((sentence, i) => rubricOfSentence(sentence, i === 0 ? "criterion" : `criterion_${i + 1}`)),
  ];
  const twice = rubrics.find(({ name }, i) => rubrics.findIndex((other) => other.name === name) !== i);
  if (!twice) return rubrics;
  throw new LlmopsError("INVALID_ARGUMENT", `Two rubrics are named "${twice.name}".`, { hint: "Name each once; a file's `name` counts." });
}

/** Columns whose text is what a row is graded by. */
const CRITERION_COLUMNS = ["rubric", "grading_rubric", "criteria", "criterion"];

/** The rubrics of a judgement: those named; else each row's own, where a column has them; else the usual ones. */
export function rubricsFor(command: StudyCommand, flags: Pick<JudgingFlags, "rubric" | "criteria">, { dataset }: GradedDataset): Rubric[] {
  const own = CRITERION_COLUMNS.find((name) => dataset.unused?.some((column) => canonicalName(column) === canonicalName(name)));
  if (own === undefined || flags.rubric !== undefined || flags.criteria !== undefined) return readRubrics(flags);
  command.note(`Each row is graded by its own column "${own}"; --rubric or --criteria grades all rows alike.`);
  return [rubricOfSentence(`{{${own}}}`, "rubric")];
}

/** Throws INVALID_ARGUMENT for a rubric that says something else of each row. */
export function checkSameForAll(rubrics: readonly Rubric[], what: string): void {
  const own = rubrics.find(isPerRow);
  if (!own) return;
  throw new LlmopsError(
    "INVALID_ARGUMENT",
    `The rubric ${own.name} differs from row to row (${own.description}): ${what} needs one for all rows.`,
    {
      hint: "Write the criterion out, without {{...}}.",
    },
  );
}

/** Reads what is to be graded, and says on standard error how its columns were understood. */
export async function readGraded(
  command: StudyCommand,
  flags: GradingFlags & { answers?: "given" | "generate" | undefined },
): Promise<GradedDataset> {
  const hasModel = flags.dataset === undefined || flags.model_path !== undefined || flags.endpoint !== undefined;
  const { answers, limit = DEFAULT_LIMIT, seed } = flags;
  const graded = await readGradedDataset(flags.dataset ?? EXAMPLE_DATASET, { answers, limit, seed, hasModel, map: flags.map });
  const { samples, available } = graded.dataset;
  const rows =
    samples.length === available ? counted(available, "row") : `${samples.length} of ${counted(available, "row")} (--limit 0 uses all)`;
  command.note(`${rows}. ${graded.reading}`);
  // the judge is shown context, and criteria by rows; a model that answers first is not
  const shown = ["{{context}}", ...CRITERION_COLUMNS.map((name) => `{{${name}}}`)];
  const isGiven = graded.responses.size === samples.length;
  for (const note of datasetNotes(graded.dataset, isGiven ? shown : shown.slice(1))) command.note(note);
  return graded;
}

/** Opens the model under test, where answers are missing, and the judges, for the work; closes them afterwards. */
export function withGrading<T>(
  command: StudyCommand,
  flags: JudgingFlags,
  { rubrics, graded, fixed = {}, minEffect = 0 }: GradingRequest,
  work: (grading: OpenGrading) => Promise<T>,
): Promise<T> {
  const shared = { rubrics, fixed, concurrency: concurrencyOf(flags, []), seed: flags.seed, minEffect };
  return withJudges(command, flags, { rubrics, makePlan: (judges) => planJudgement(graded, { ...shared, judges }) }, work);
}

/** The same for any plan whose scorers are judges. */
export async function withJudges<T>(
  command: StudyCommand,
  flags: JudgingFlags,
  { rubrics, makePlan }: { rubrics: readonly Rubric[]; makePlan: (judges: () => readonly Judge[]) => StudyPlan },
  work: (grading: OpenGrading) => Promise<T>,
): Promise<T> {
  const rates = new RateWatch();
  const asking = { ...targetOf(flags), concurrency: flags.concurrency };
  const seat = new JudgeSeat({ ...flags, target: asking, rates });
  seat.rubrics.push(...rubrics);
  const plan = { ...makePlan(() => seat.judges), ...thinkingOf(thoughtsOf(flags)) };
  const { concurrency, dataset, responses } = plan;
  const allGiven = dataset.samples.every(({ id }) => responses?.has(id));
  const open = () => openStudyTarget(asking, plan.fixed, { slots: concurrency, rates }, command);
  const onlyJudge = allGiven ? givenAnswers(dataset.path) : undefined;
  const targets = new TargetPool(plan, () => (onlyJudge ? Promise.resolve(onlyJudge) : open()));
  let judgeTarget: CompletionTarget | undefined;
  try {
    const opened = await targets.all();
    const byDefault = async () => (onlyJudge ? (judgeTarget = await open()) : targets.of(0));
    const answering = onlyJudge ? [] : opened;
    await seat.open({ byDefault, answering, slots: concurrency, host: command });
    command.note(seat.describe());
    return await work({ plan, seat, targets, rates, target: { model: listed(opened, "model"), location: listed(opened, "location") } });
  } finally {
    rates.close();
    await seat.close();
    await judgeTarget?.close();
    await targets.close();
  }
}

/** What runs inside a journal and a tracker. */
export interface JudgingContext extends RecorderOptions, RunOptions {
  typed: string;
  store: TrackingStore;
  trackingUri: string;
  fingerprints: readonly string[];
}

/** Runs a study of judges within a journal that --resume goes on with, and a lock; `work` says how, and returns its result. */
export async function conductJudging<T extends { study: { status: StudyRun["status"] } }>(
  command: StudyCommand,
  flags: JudgingFlags,
  { plan, seat, target, rates, budget = budgetOf(flags) }: OpenGrading & { budget?: Budget | undefined },
  work: (context: JudgingContext) => Promise<T>,
): Promise<T> {
  const fingerprints = seat.rubrics.map((rubric) => panelFingerprint(seat.judges, rubric));
  const journal = openJournal(command, flags, plan, { opened: [target], judges: fingerprints });
  const tracked = () =>
    withTracker(
      flags["tracking-uri"],
      (text) => command.note(text),
      ({ tracker, store, uri }) =>
        withProgress(plan.dataset.samples.length, "rows", (tick) =>
          work({
            ...{
              tracker,
              store,
              journal,
              target,
              rates,
              trackingUri: uri,
              experiment: flags.experiment,
              user: currentUser(),
              fingerprints,
            },
            command: command.name,
            typed: `${command.name} ${command.argv.join(" ")}`.trim(),
            resumed: flags.resume !== undefined,
            limits: { timeoutMs: flags.timeout * 1000, retries: flags.retries },
            ...(budget && { budget }),
            retryFailed: flags["retry-failed"],
            signal: command.signal,
            onCell: tick,
          }),
        ),
    );
  return withJournal(journal, tracked, ({ study }) => study.status === "finished");
}

/** The budget the flags give. Throws INVALID_ARGUMENT. */
export function budgetOf({ budget }: Pick<JudgingFlags, "budget">): Budget | undefined {
  return budget && new Budget(parseBudget(budget));
}

/** Grades and records; looks at the judges' calibration cards first. Throws JUDGE_UNCALIBRATED. */
export function conductGrading(
  command: StudyCommand,
  flags: JudgingFlags,
  { anchors, leastKappa }: CardUse,
  grading: OpenGrading,
): Promise<JudgementResult> {
  const { plan, seat, targets } = grading;
  const { rubrics, judges, isSelf: self } = seat;
  const cards = rubrics.map((rubric) => findCard(cardFolder(), rubric.name, panelFingerprint(judges, rubric)));
  if (leastKappa !== undefined) rubrics.forEach(({ name }, i) => requireKappa(leastKappa, name, cards[i]));
  const onNote = (text: string) => command.note(text);
  return conductJudging(command, flags, grading, (context) =>
    runJudgement(plan, targets, { ...context, rubrics, judges, self, cards, anchors, onNote }),
  );
}

/** Grades everything, or throws: ABORTED or BUDGET_SPENT, with how to go on. What needs all rows is made of its result. */
export async function conductWholeGrading(command: StudyCommand, flags: JudgingFlags, grading: OpenGrading): Promise<JudgementResult> {
  const result = await conductGrading(command, flags, { anchors: false }, grading);
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
