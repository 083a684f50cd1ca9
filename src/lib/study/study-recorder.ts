import type { CompletionTarget } from "../openai/completion-target.js";
import type { Metric, RunStatus, Table } from "../tracking/records.js";
import type { TrackingStore } from "../tracking/tracking-store.js";
import type { FinishedCell, SettingSummary, Setting, StudyPlan } from "./study.js";
import type { StudySummary } from "./summarise.js";

const TABLE = "eval_results_table.json";

export interface RecorderOptions {
  store: TrackingStore;
  experiment: string;
  /** The command as the run's source shows it, such as "llmops sweep". */
  command: string;
  user: string;
}

/** Writes a study to MLflow: a parent run, and a child run for every setting. */
export class StudyRecorder {
  readonly parentRunId: string;
  readonly experimentId: string;
  private readonly options: RecorderOptions;
  private readonly startTime = Date.now();

  /** Starts the parent run, so that a store that cannot be written is noticed before the work. */
  static async start(plan: StudyPlan, target: CompletionTarget, options: RecorderOptions): Promise<StudyRecorder> {
    const { store } = options;
    const { experimentId } = await store.ensureExperiment(options.experiment);
    const parent = await store.createRun({ experimentId, runName: plan.name, startTime: Date.now(), tags: sourceTags(options) });
    await store.logBatch(parent.runId, { params: studyParams(plan, target) });
    await store.logDataset(parent.runId, datasetInput(plan));
    return new StudyRecorder(options, parent.runId, experimentId);
  }

  private constructor(options: RecorderOptions, parentRunId: string, experimentId: string) {
    this.options = options;
    this.parentRunId = parentRunId;
    this.experimentId = experimentId;
  }

  /** Records every setting that has a finished cell and ends the parent. Returns a run id (or null) for each setting. */
  async finish(plan: StudyPlan, summary: StudySummary, finished: readonly FinishedCell[], status: RunStatus): Promise<(string | null)[]> {
    const { store } = this.options;
    const runIds: (string | null)[] = [];
    for (const [index, setting] of summary.settings.entries()) {
      const cells = finished.filter((cell) => cell.setting === index);
      const best = summary.best?.index === index;
      runIds.push(cells.length === 0 ? null : await this.recordSetting(plan, setting, cells, best));
    }
    if (summary.best) {
      const { index, accuracy } = summary.best;
      const tags = { "llmops.best_run_id": runIds[index] ?? "", "llmops.best_setting": describeSetting(summary.best.params) };
      await store.logBatch(this.parentRunId, { metrics: [point("best_accuracy", accuracy)], tags });
    }
    await store.endRun(this.parentRunId, status, Date.now());
    return runIds;
  }

  /** Ends the parent without results. */
  async abandon(status: RunStatus): Promise<void> {
    await this.options.store.endRun(this.parentRunId, status, Date.now());
  }

  private async recordSetting(plan: StudyPlan, setting: SettingSummary, cells: readonly FinishedCell[], best: boolean): Promise<string> {
    const { store } = this.options;
    const complete = setting.cells.done === setting.cells.planned;
    const run = await store.createRun({
      experimentId: this.experimentId,
      runName: describeSetting(setting.params),
      startTime: this.startTime,
      tags: { ...sourceTags(this.options), "mlflow.parentRunId": this.parentRunId, ...(best ? { "llmops.best": "true" } : {}) },
    });
    await store.logBatch(run.runId, {
      params: toParams({ ...plan.fixed, ...setting.params }),
      metrics: settingMetrics(setting),
      tags: { "mlflow.loggedArtifacts": JSON.stringify([{ path: TABLE, type: "table" }]) },
    });
    await store.logDataset(run.runId, datasetInput(plan));
    await store.logArtifact(run.runId, TABLE, JSON.stringify(cellTable(plan, cells)));
    await store.endRun(run.runId, complete ? "FINISHED" : "KILLED", Date.now());
    return run.runId;
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

function datasetInput({ dataset }: StudyPlan) {
  return {
    name: dataset.name,
    digest: dataset.digest.slice(0, 8),
    sourceType: "local",
    source: JSON.stringify({ uri: dataset.path }),
    schema: JSON.stringify({
      mlflow_colspec: ["id", "question", "answer", "topic"].map((name) => ({ type: "string", name, required: name === "question" })),
    }),
    profile: JSON.stringify({ num_rows: dataset.samples.length }),
    context: "eval",
  };
}

function toParams(setting: Setting): Record<string, string> {
  return Object.fromEntries(Object.entries(setting).map(([name, value]) => [name, String(value)]));
}

function settingMetrics({ metrics, cells }: SettingSummary): Metric[] {
  const estimates = Object.entries(metrics).flatMap(([name, { mean: centre, low, high }]) =>
    Number.isNaN(centre)
      ? []
      : [
          point(name, centre),
          ...(low === null ? [] : [point(`${name}_ci_low`, low)]),
          ...(high === null ? [] : [point(`${name}_ci_high`, high)]),
        ],
  );
  return [...estimates, point("cells_done", cells.done), point("cells_failed", cells.failed)];
}

function point(key: string, value: number): Metric {
  return { key, value, timestamp: Date.now(), step: 0 };
}

function cellTable(plan: StudyPlan, cells: readonly FinishedCell[]): Table {
  const scorers = plan.scorers.map((scorer) => scorer.name);
  const columns = ["id", "topic", "repeat", "seed", "inputs", "targets", "outputs", "finish_reason", "error", ...scorers];
  const ordered = [...cells].sort((a, b) => a.sample - b.sample || a.repeat - b.repeat);
  return { columns, data: ordered.map((cell) => [...sampleColumns(plan, cell), ...outcomeColumns(cell, scorers)]) };
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
