import type { CompletionTarget } from "../openai/completion-target.js";
import type { DatasetInput, RunStatus, Table } from "../tracking/records.js";
import type { TrackedBatch, TrackedRun } from "../tracking/tracked-run.js";
import type { Tracker } from "../tracking/tracker.js";
import type { FinishedCell, SettingSummary, Setting, StudyPlan } from "./study.js";
import type { StudySummary } from "./summarise.js";

const TABLE = "eval_results_table.json";
const END_DEADLINE_MS = 5000;

type Points = NonNullable<TrackedBatch["metrics"]>;

export interface RecorderOptions {
  tracker: Tracker;
  experiment: string;
  /** The command as the run's source shows it, such as "llmops sweep". */
  command: string;
  user: string;
}

/** Writes a study to MLflow: a parent run, and a child run for every setting. */
export class StudyRecorder {
  readonly parent: TrackedRun;
  private readonly options: RecorderOptions;
  private readonly startTime = Date.now();

  /** Starts the parent run and waits for it, so that a store that cannot be reached or written is noticed before the work. */
  static async start(plan: StudyPlan, target: CompletionTarget, options: RecorderOptions): Promise<StudyRecorder> {
    const { tracker, experiment, user } = options;
    const parent = tracker.startRun({ experiment, name: plan.name, userId: user, tags: sourceTags(options) });
    parent.log({ params: studyParams(plan, target) });
    parent.dataset(datasetInput(plan));
    await tracker.begin();
    return new StudyRecorder(options, parent);
  }

  private constructor(options: RecorderOptions, parent: TrackedRun) {
    this.options = options;
    this.parent = parent;
  }

  /** Records every setting that has a finished cell and ends the parent. Returns a run (or null) for each setting. */
  async finish(
    plan: StudyPlan,
    summary: StudySummary,
    finished: readonly FinishedCell[],
    status: RunStatus,
  ): Promise<(TrackedRun | null)[]> {
    const runs = summary.settings.map((setting, index) => {
      const cells = finished.filter((cell) => cell.setting === index);
      return cells.length === 0 ? null : this.recordSetting(plan, setting, cells, summary.best?.index === index);
    });
    if (summary.best) {
      const best = runs[summary.best.index];
      this.parent.log({
        metrics: [{ key: "best_accuracy", value: summary.best.accuracy }],
        tags: { "llmops.best_setting": describeSetting(summary.best.params) },
        ...(best ? { runTags: { "llmops.best_run_id": best } } : {}),
      });
    }
    this.parent.end(status);
    await this.options.tracker.flush({ deadlineMs: END_DEADLINE_MS });
    return runs;
  }

  /** Ends the parent without results. */
  abandon(status: RunStatus): void {
    this.parent.end(status);
  }

  private recordSetting(plan: StudyPlan, setting: SettingSummary, cells: readonly FinishedCell[], best: boolean): TrackedRun {
    const { tracker, experiment, user } = this.options;
    const complete = setting.cells.done === setting.cells.planned;
    const run = tracker.startRun({
      experiment,
      name: describeSetting(setting.params),
      startTime: this.startTime,
      userId: user,
      parent: this.parent,
      tags: { ...sourceTags(this.options), ...(best ? { "llmops.best": "true" } : {}) },
    });
    run.log({
      params: toParams({ ...plan.fixed, ...setting.params }),
      metrics: settingMetrics(setting),
      tags: { "mlflow.loggedArtifacts": JSON.stringify([{ path: TABLE, type: "table" }]) },
    });
    run.dataset(datasetInput(plan));
    run.artifact(TABLE, JSON.stringify(cellTable(plan, cells)));
    run.end(complete ? "FINISHED" : "KILLED");
    return run;
  }
}

/** A setting in words: "temperature=0.3, top_p=0.9". */
export function describeSetting(setting: Setting): string {
  return Object.entries(setting)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}

function sourceTags({ command, user }: RecorderOptions): Record<string, string> {
  return { "mlflow.user": user, "mlflow.source.name": command, "mlflow.source.type": "LOCAL" };
}

function studyParams(plan: StudyPlan, target: CompletionTarget): Record<string, string> {
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
    ...(plan.systemPrompt === undefined ? {} : { system: plan.systemPrompt }),
    ...toParams(plan.fixed),
  };
}

function datasetInput({ dataset }: StudyPlan): DatasetInput {
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

function toParams(setting: Setting): Record<string, string> {
  return Object.fromEntries(Object.entries(setting).map(([name, value]) => [name, String(value)]));
}

function settingMetrics({ metrics, cells }: SettingSummary): Points {
  const estimates = Object.entries(metrics).flatMap(([name, { mean: centre, low, high }]) =>
    Number.isNaN(centre)
      ? []
      : [
          { key: name, value: centre },
          ...(low === null ? [] : [{ key: `${name}_ci_low`, value: low }]),
          ...(high === null ? [] : [{ key: `${name}_ci_high`, value: high }]),
        ],
  );
  return [...estimates, { key: "cells_done", value: cells.done }, { key: "cells_failed", value: cells.failed }];
}

function cellTable(plan: StudyPlan, cells: readonly FinishedCell[]): Table {
  const scorers = plan.scorers.map((scorer) => scorer.name);
  const columns = ["id", "topic", "repeat", "seed", "inputs", "targets", "outputs", "finish_reason", "error", "accuracy", ...scorers];
  const ordered = [...cells].sort((a, b) => a.sample - b.sample || a.repeat - b.repeat);
  return { columns, data: ordered.map((cell) => [...sampleColumns(plan, cell), ...outcomeColumns(cell, [plan.primary.name, ...scorers])]) };
}

function sampleColumns(plan: StudyPlan, { sample: index, repeat, seed }: FinishedCell): (string | number | null)[] {
  const sample = plan.dataset.samples[index];
  return sample ? [sample.id, sample.topic, repeat, seed, sample.question, sample.answer] : [];
}

function outcomeColumns({ outcome }: FinishedCell, scorers: readonly string[]): (string | number | null)[] {
  if (!outcome.ok) return [null, null, outcome.error.message, ...scorers.map(() => null)];
  const { completion, scores } = outcome;
  return [completion.text, completion.finishReason, null, ...scorers.map((name) => scores[name]?.value ?? null)];
}
