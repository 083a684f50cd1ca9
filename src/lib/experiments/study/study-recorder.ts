import { ABANDONED_TAGS, failureTags, firstTags, STUDY_TAGS, type LiveOptions } from "../live/study-tags.js";
import type { RateWatch } from "../../inference/openai/rate-watch.js";
import type { DatasetInput, RunStatus } from "../../tracking/records.js";
import { statusAfter, type TrackedBatch, type TrackedRun } from "../../tracking/tracked-run.js";
import type { LastingRun } from "../../tracking/tracked-run.js";
import type { Tracker } from "../../tracking/tracker.js";
import type { StudyRun } from "./study-ledger.js";
import { missingScores, type CellCounts, type ScoreTable } from "./score-table.js";
import { cellTable } from "./cell-table.js";
import type { StudyJournal } from "./study-journal.js";
import { countCells, describeSetting, primaryMetric, type Setting, type StudyPlan } from "./study.js";
import { lastMeans, settingMetrics } from "./setting-metrics.js";
import type { SettingSummary, StudySummary } from "./summarize.js";

const TABLE = "eval_results_table.json";
const END_DEADLINE_MS = 5000;

/** How a study's run ends in MLflow. */
const RUN_STATUS: Record<StudyRun["status"], RunStatus> = {
  finished: "FINISHED",
  interrupted: "KILLED",
  "budget spent": "FINISHED",
};

export interface RecorderOptions {
  tracker: Tracker;
  experiment: string;
  /** The command as the run's source shows it, such as "llmops sweep". */
  command: string;
  user: string;
  /** What is asked, for the parent run's params. */
  target: { model: string; location: string };
  /** Where the answers are. */
  journal: StudyJournal;
  /** Continue the runs an earlier attempt made. */
  resumed: boolean;
  /** What endpoints refuse for their rate, for the result. */
  rates?: RateWatch;
  /** Further tags of the parent run and the settings' runs. */
  tags?: Readonly<Record<string, string>>;
  /** For a study that can be watched, and stopped from outside, while it runs. */
  live?: LiveOptions | undefined;
}

/** A setting on its way to the store. */
export interface RecordedSetting {
  setting: SettingSummary;
  index: number;
  best: boolean;
  /** Its cells that measured something: with none it has failed. */
  measured: number;
  more?: TrackedBatch;
}

/** Writes a study to MLflow: a parent run, and a child run for every setting. */
export class StudyRecorder {
  readonly parent: TrackedRun;
  private readonly options: RecorderOptions;
  /** Runs of settings that have begun and not ended. */
  private readonly begun = new Map<number, TrackedRun>();

  /** Starts the parent run and waits for it, so that a store that cannot be reached or written is noticed before the work. */
  static async start(plan: StudyPlan, options: RecorderOptions, cells = countCells(plan)): Promise<StudyRecorder> {
    const { tracker, experiment, user, journal, live, resumed } = options;
    const lasting = lastingRun(options);
    const parent = tracker.startRun({ experiment, name: plan.name, userId: user, tags: sourceTags(options), lasting });
    const own = live ? firstTags(live, { total: cells, resumed }) : {};
    parent.log({ params: studyParams(plan, options.target), tags: { "llmops.study_id": journal.header.id, ...own, ...options.tags } });
    parent.dataset(datasetInput(plan));
    await tracker.begin();
    return new StudyRecorder(options, parent);
  }

  private constructor(options: RecorderOptions, parent: TrackedRun) {
    this.options = options;
    this.parent = parent;
  }

  /** Starts the run of a setting, to be seen while its cells come. Gives the one there is where it has begun. */
  beginSetting(plan: StudyPlan, index: number): TrackedRun {
    const { tracker, experiment, user, journal } = this.options;
    const begun = this.begun.get(index);
    if (begun) return begun;
    const params = plan.settings[index] ?? {};
    const run = tracker.startRun({
      experiment,
      name: describeSetting(params, plan.settings),
      userId: user,
      parent: this.parent,
      lasting: lastingRun(this.options, index),
      tags: { ...sourceTags(this.options), "llmops.study_id": journal.header.id, ...this.options.tags },
    });
    run.log({ params: toParams(plan, { ...plan.fixed, ...params }) });
    run.dataset(datasetInput(plan));
    this.begun.set(index, run);
    return run;
  }

  /** The run of a setting, where it has begun and not ended. */
  runOf(index: number): TrackedRun | undefined {
    return this.begun.get(index);
  }

  /** Records every setting, and the best one in the parent. Returns a run for each setting, null for one without a finished cell. */
  async record(plan: StudyPlan, summary: StudySummary, table: ScoreTable): Promise<(TrackedRun | null)[]> {
    const runs = summary.settings.map((setting, index) => {
      if (setting.cells.done > 0)
        return this.recordSetting(plan, { setting, index, best: index === summary.best, measured: scoredOf(setting.cells) }, table);
      return null;
    });
    if (summary.best !== undefined) {
      const best = summary.settings[summary.best];
      const run = runs[summary.best];
      const metric = primaryMetric(plan);
      this.parent.log({
        metrics: [{ key: `best_${metric}`, value: best?.metrics[metric]?.mean ?? Number.NaN }],
        tags: { "llmops.best_setting": describeSetting(best?.params ?? {}, plan.settings) },
        ...(run ? { runTags: { "llmops.best_run_id": run } } : {}),
      });
    }
    await this.options.tracker.flush({ deadlineMs: END_DEADLINE_MS });
    return runs;
  }

  /** The same for settings of another study under the same parent, whose answers are in another journal. */
  beside(journal: StudyJournal): StudyRecorder {
    return new StudyRecorder({ ...this.options, journal }, this.parent);
  }

  /** Ends the parent, which has failed where there is a reason, and waits a little until the store has everything. */
  async end(ended: StudyRun["status"], failure?: string): Promise<void> {
    this.endSettings("KILLED");
    endAs(this.parent, ended, failure);
    if (this.options.tracker.isFailing) return; // it was waited for
    await this.options.tracker.flush({ deadlineMs: END_DEADLINE_MS });
  }

  /** Ends the parent, without results, as the error says. */
  abandon(error: unknown): void {
    this.endSettings(statusAfter(error));
    this.parent.log({ tags: { ...failureTags(error), ...(this.options.live && ABANDONED_TAGS) } });
    this.parent.end(statusAfter(error));
  }

  /** Ends the runs of settings that are still open, without results. */
  endSettings(status: RunStatus): void {
    for (const run of this.begun.values()) run.end(status);
    this.begun.clear();
  }

  /** Records a setting as a child run. `more` comes on top of what every setting has. */
  recordSetting(plan: StudyPlan, { setting, index, best, measured, more }: RecordedSetting, table: ScoreTable): TrackedRun {
    const complete = setting.cells.done >= setting.cells.planned || setting.stopped !== undefined;
    const run = this.beginSetting(plan, index);
    run.log({
      metrics: [...settingMetrics(setting), ...(this.options.live ? lastMeans(plan, setting) : [])],
      tags: {
        "mlflow.loggedArtifacts": JSON.stringify([{ path: TABLE, type: "table" }]),
        "llmops.letters": setting.letters,
        "llmops.metric": primaryMetric(plan),
        "llmops.directions": JSON.stringify(directions(plan)),
        "llmops.best": String(best),
        ...(setting.stopped === undefined ? {} : { "llmops.stopped": setting.stopped }),
      },
    });
    if (more) run.log(more);
    const records = table.cellsOf(index).flatMap((cell) => this.options.journal.read(table.indexOf(cell)) ?? []);
    run.artifact(TABLE, JSON.stringify(cellTable(plan, records)));
    run.end(complete ? (measured === 0 ? "FAILED" : "FINISHED") : "KILLED");
    this.begun.delete(index);
    return run;
  }
}

/** Which way each metric is better, for comparisons later. */
function directions(plan: StudyPlan): Record<string, string> {
  return {
    [primaryMetric(plan)]: plan.primary.direction,
    ...Object.fromEntries(plan.scorers.map(({ name, direction }) => [name, direction])),
  };
}

/** Ends the run of a study, which has failed where there is a reason. */
export function endAs(run: TrackedRun, ended: StudyRun["status"], failure: string | undefined): void {
  if (failure !== undefined) run.log({ tags: failureTags(failure) });
  run.end(failure === undefined ? RUN_STATUS[ended] : "FAILED");
}

/** The run of a study, or of one of its settings, as a resumed study finds it again. */
export function lastingRun({ journal, resumed }: Pick<RecorderOptions, "journal" | "resumed">, setting?: number): LastingRun {
  const key = `study:${journal.header.id}${setting === undefined ? "" : `:${setting}`}`;
  return { key, continues: resumed, outdated: [STUDY_TAGS.error], points: journal.points };
}

/** Who and what made a run, as MLflow's tags say it. */
export function sourceTags({ command, user }: Pick<RecorderOptions, "command" | "user">): Record<string, string> {
  return { "mlflow.user": user, "mlflow.source.name": command, "mlflow.source.type": "LOCAL" };
}

function studyParams(plan: StudyPlan, target: { model: string; location: string }): Record<string, string> {
  const { samples, path } = plan.dataset;
  return {
    model: target.model,
    target: target.location,
    dataset: path,
    samples: String(samples.length),
    repeats: [...new Set(plan.repeats)].join(","),
    seed: String(plan.seed),
    concurrency: String(plan.concurrency),
    scorer: plan.primary.name,
    settings: String(plan.settings.length),
    ...toParams(plan, plan.fixed),
  };
}

/** The dataset as the input of a run. */
export function datasetInput({ dataset }: Pick<StudyPlan, "dataset">): DatasetInput {
  return {
    name: dataset.name,
    digest: dataset.digest.slice(0, 8),
    sourceType: "local",
    source: JSON.stringify({ uri: dataset.path }),
    schema: JSON.stringify({
      mlflow_colspec: ["id", "question", "answer", "topic"].map((name) => ({ type: "string", name, required: name === "question" })),
    }),
    profile: JSON.stringify({ num_rows: dataset.samples.length }),
    tags: { "mlflow.data.context": "eval" },
  };
}

/** A setting as params of a run: prompts by their text, also where a file was named. */
export function toParams({ texts }: Pick<StudyPlan, "texts">, setting: Setting): Record<string, string> {
  return Object.fromEntries(Object.entries(setting).map(([name, value]) => [name, texts[String(value)] ?? String(value)]));
}

function scoredOf(cells: CellCounts): number {
  return cells.done - missingScores(cells);
}
