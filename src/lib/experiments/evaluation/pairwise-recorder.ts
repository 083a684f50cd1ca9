import { datasetInput, endAs, lastingRun, sourceTags, type RecorderOptions } from "../study/study-recorder.js";
import { ABANDONED_TAGS, failureTags, firstTags } from "../live/study-tags.js";
import { statusAfter, type TrackedRun } from "../../tracking/tracked-run.js";
import { pairwiseFailure } from "./grading-failure.js";
import type { PairwisePlan } from "./pairwise.js";
import type { PairwiseResult } from "./pairwise-result.js";

const TABLE = "pairwise_results_table.json";
const END_DEADLINE_MS = 5000;

/** Writes a comparison to one MLflow run. */
export class PairwiseRecorder {
  readonly run: TrackedRun;
  private readonly options: RecorderOptions;

  /** Starts the run and waits for it, so that a store that cannot be reached or written is noticed before the work. */
  static async start({ plan, contestants }: PairwisePlan, options: RecorderOptions): Promise<PairwiseRecorder> {
    const { tracker, experiment, user, journal, live, resumed } = options;
    const { id } = journal.header;
    const own = live ? firstTags(live, { total: plan.dataset.samples.length, resumed }) : {};
    const tags = { ...sourceTags(options), "llmops.study_id": id };
    const run = tracker.startRun({ experiment, name: plan.name, userId: user, lasting: lastingRun(options), tags });
    run.log({
      params: { contestants: contestants.map(({ name }) => name).join(", "), dataset: plan.dataset.path, seed: String(plan.seed) },
      tags: own,
    });
    run.dataset(datasetInput(plan));
    await tracker.begin();
    return new PairwiseRecorder(run, options);
  }

  private constructor(run: TrackedRun, options: RecorderOptions) {
    this.run = run;
    this.options = options;
  }

  async finish(result: PairwiseResult): Promise<void> {
    const { criteria, rows, study, judge } = result;
    const metrics = Object.entries(criteria).flatMap(([criterion, { pairs, ranking, first_place: place }]) => [
      ...pairs.flatMap(({ first, second, win_rate: rate, flip_rate: flips }) => {
        const key = `${criterion}/${first}_vs_${second}`;
        return rate.n === 0
          ? []
          : [
              { key: `${key}/win_rate`, value: rate.mean },
              { key: `${key}/flip_rate`, value: flips },
            ];
      }),
      ...ranking.map(({ name, strength }) => ({ key: `${criterion}/${name}/strength`, value: strength })),
      ...(place.n === 0 ? [] : [{ key: `${criterion}/first_place`, value: place.mean }]),
    ]);
    const columns = ["id", "criterion", "first", "second", "winner", "preference", "problem"] as const;
    this.run.log({
      params: { judge: judge.models.map(({ model }) => model).join(", "), method: judge.method, reason: judge.reason },
      metrics,
      tags: { "mlflow.loggedArtifacts": JSON.stringify([{ path: TABLE, type: "table" }]) },
    });
    this.run.artifact(TABLE, JSON.stringify({ columns, data: rows.map((row) => columns.map((name) => row[name])) }));
    endAs(this.run, study.status, pairwiseFailure(result));
    await this.options.tracker.flush({ deadlineMs: END_DEADLINE_MS });
  }

  /** Ends the run, without results, as the error says. */
  abandon(error: unknown): void {
    this.run.log({ tags: { ...failureTags(error), ...(this.options.live && ABANDONED_TAGS) } });
    this.run.end(statusAfter(error));
  }
}
