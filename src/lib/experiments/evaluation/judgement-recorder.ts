import { datasetInput, endAs, lastingRun, sourceTags, toParams, type RecorderOptions } from "../study/study-recorder.js";
import { ABANDONED_TAGS, failureTags, firstTags } from "../live/study-tags.js";
import { estimateScores } from "../study/stopping.js";
import type { ScoreTable } from "../study/score-table.js";
import type { StudyPlan } from "../study/study.js";
import type { Table } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { statusAfter, type TrackedRun } from "../../tracking/tracked-run.js";
import { judgementFailure } from "./grading-failure.js";
import { bySample, type JudgedRow } from "./judged-rows.js";
import type { JudgementResult } from "./judgement-result.js";

const TABLE = "eval_results_table.json";
const END_DEADLINE_MS = 5000;
/** MLflow names metrics of a judge with the version of its prompt. */
const VERSION = "v1";

/** A server takes a request for each row and criterion; larger tables are only the artifact. */
const MOST_ASSESSED = 3000;

/** The name MLflow shows a criterion's numbers under. */
export function metricOf(criterion: string): string {
  return `${criterion}/${VERSION}`;
}

/** Writes a judgement to one MLflow run, so that MLflow's own evaluation view shows it. */
export class JudgementRecorder {
  readonly run: TrackedRun;
  private readonly options: RecorderOptions;

  /** Starts the run and waits for it, so that a store that cannot be reached or written is noticed before the work. */
  static async start(plan: StudyPlan, options: RecorderOptions): Promise<JudgementRecorder> {
    const { tracker, experiment, user, journal, target, live, resumed } = options;
    const { id } = journal.header;
    const run = tracker.startRun({
      ...{ experiment, name: plan.name, userId: user, lasting: lastingRun(options) },
      tags: { ...sourceTags(options), "llmops.study_id": id, "mlflow.runSourceType": "LOCAL" },
    });
    const { samples, path } = plan.dataset;
    run.log({
      params: {
        ...{ model: target.model, target: target.location, dataset: path, samples: String(samples.length), seed: String(plan.seed) },
        ...toParams(plan, plan.fixed),
      },
      tags: live ? firstTags(live, { total: samples.length, resumed }) : {},
    });
    run.dataset(datasetInput(plan));
    await tracker.begin();
    return new JudgementRecorder(run, options);
  }

  private constructor(run: TrackedRun, options: RecorderOptions) {
    this.run = run;
    this.options = options;
  }

  /** Records the means of all criteria over so many rows, with the ends of their intervals. */
  logMeans({ scorers }: StudyPlan, table: ScoreTable): void {
    const { done: step } = table.counts(0);
    const points = scorers.flatMap((scorer) => {
      const { mean, low, high } = estimateScores(scorer, table, 0);
      const key = `${metricOf(scorer.name)}/mean`;
      return Object.entries({ [key]: mean, [`${key}.low`]: low, [`${key}.high`]: high });
    });
    const known = points.flatMap(([key, value]) => (value === null || Number.isNaN(value) ? [] : [{ key, value, step }]));
    this.run.log({ metrics: [...known, { key: "cells", value: step, step }] });
  }

  async finish(result: JudgementResult): Promise<void> {
    const { judge, metrics, rows, study } = result;
    const { run } = this;
    run.log({
      params: {
        judge: judge.models.map(({ model }) => model).join(", "),
        judge_target: judge.models.map(({ location }) => location).join(", "),
        ...{ method: judge.method, reason: judge.reason, layout: judge.layout },
        criteria: judge.criteria.map(({ name }) => name).join(", "),
      },
      metrics: [
        ...Object.entries(metrics).flatMap(([name, { mean, low, high, variance, p90, entropy, unscored }]) => {
          const key = metricOf(name);
          const points = { mean, variance, p90, mean_ci_low: low, mean_ci_high: high, entropy, unscored };
          return Object.entries(points).flatMap(([what, value]) =>
            value === null || Number.isNaN(value) ? [] : [{ key: `${key}/${what}`, value }],
          );
        }),
        { key: "rows_scored", value: study.rows.scored },
        { key: "rows_failed", value: study.rows.failed },
        { key: "rows_filtered", value: study.rows.filtered },
        { key: "rows_unscored", value: study.rows.unscored },
        { key: "rows_truncated", value: study.rows.truncated ?? 0 },
      ],
      tags: {
        "mlflow.loggedArtifacts": JSON.stringify([{ path: TABLE, type: "table" }]),
        ...(study.rows.scored > 0 && { "llmops.best": "true" }),
        "llmops.directions": JSON.stringify(Object.fromEntries(Object.keys(metrics).map((name) => [metricOf(name), "max"]))),
        ...Object.fromEntries(judge.criteria.map(({ name, fingerprint }) => [`llmops.judge.${name}`, fingerprint])),
      },
    });
    run.artifact(TABLE, JSON.stringify(toTable(rows)));
    endAs(run, study.status, judgementFailure(result));
    await this.options.tracker.flush({ deadlineMs: END_DEADLINE_MS });
  }

  /**
   * Records rows that were graded now, by their ids, as traces with assessments, where the store has them and the run has arrived
   * there. Throws what the store throws; the table has all of it too.
   */
  async assess({ rows, judge }: JudgementResult, graded: ReadonlySet<string>, store: TrackingStore): Promise<void> {
    const { tracker, experiment } = this.options;
    const [runId, experimentId] = [tracker.idOf(this.run), tracker.experimentIdOf(experiment)];
    if (runId === undefined || experimentId === null || rows.length > MOST_ASSESSED) return;
    const sourceId = judge.models.map(({ model }) => model).join(", ");
    // what is not scored may be graded again, and would then be there twice
    const whole = bySample(rows).filter((own) => own.every(({ id, state }) => graded.has(id) && state === "scored"));
    const calls = whole.map((own) => ({
      ...{ id: own[0]?.id ?? "", experimentId, request: own[0]?.question ?? "", response: own[0]?.answer ?? "" },
      requestTimeMs: Date.now(),
      feedback: own.map(({ criterion: name, score: value, problem, justification: rationale }) => ({
        ...{ name, value, problem, rationale, sourceId },
      })),
    }));
    if (calls.length > 0) await store.logJudgedCalls(runId, calls);
  }

  /** Ends the run, without results, as the error says. */
  abandon(error: unknown): void {
    this.run.log({ tags: { ...failureTags(error), ...(this.options.live && ABANDONED_TAGS) } });
    this.run.end(statusAfter(error));
  }
}

/** One row a sample, with the columns MLflow's evaluation has. */
function toTable(rows: readonly JudgedRow[]): Table {
  const criteria = [...new Set(rows.map(({ criterion }) => criterion))];
  const columns = [
    ...["id", "inputs", "outputs", "targets", "error"],
    ...criteria.flatMap((name) => [`${metricOf(name)}/score`, `${metricOf(name)}/justification`]),
  ];
  const data = bySample(rows).map((own) => [
    ...[own[0]?.id ?? "", own[0]?.question ?? "", own[0]?.answer ?? null, own[0]?.reference ?? null],
    own.find(({ problem }) => problem !== null)?.problem ?? null,
    ...criteria.flatMap((name) => {
      const row = own.find(({ criterion }) => criterion === name);
      return [row?.score ?? null, row?.justification ?? null];
    }),
  ]);
  return { columns, data };
}
