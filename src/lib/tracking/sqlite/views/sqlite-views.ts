import { IdleThreads } from "../../../base/slices/idle-threads.js";
import { MlflowError } from "../../mlflow-error.js";
import type { ColumnSummary, RunRows, RunRowsQuery, RunScope, StoreViews } from "../../store-views.js";
import type { TraceRows, TraceRowsQuery } from "../../trace-views.js";
import { ViewReader, type ViewAnswers, type ViewMessage, type ViewOutcome, type ViewTask } from "./view-reader.js";

/** One may be at a long query while the other answers short ones. */
const MOST_THREADS = 2;

/** The views of a SQLite store: queries run in threads with connections of their own, so that no client of the store waits for them. */
export class SqliteViews implements StoreViews {
  private readonly databasePath: string;
  private readonly threads = new IdleThreads<ViewMessage, ViewOutcome>({
    ...{ from: import.meta.url, worker: "./view-worker.js", most: MOST_THREADS },
    here: ({ databasePath, task }) => (this.reader ??= new ViewReader(databasePath)).answer(task),
  });
  private reader: ViewReader | undefined;

  constructor(databasePath: string) {
    this.databasePath = databasePath;
  }

  async queryRuns(query: RunRowsQuery): Promise<RunRows> {
    return this.ask({ kind: "rows", query });
  }

  async describeColumns(scope: RunScope): Promise<ColumnSummary> {
    return this.ask({ kind: "columns", scope });
  }

  async queryTraces(query: TraceRowsQuery): Promise<TraceRows> {
    return this.ask({ kind: "traces", query });
  }

  /** Ends the threads and their connections. */
  async close(): Promise<void> {
    this.reader?.close();
    this.reader = undefined;
    await this.threads.close();
  }

  private async ask<Task extends ViewTask>(task: Task): Promise<ViewAnswers[Task["kind"]]> {
    const outcome = await this.threads.run({ databasePath: this.databasePath, task });
    if ("answer" in outcome) return outcome.answer as ViewAnswers[Task["kind"]];
    const { code, message, hint } = outcome.refused;
    throw new MlflowError(code, message, hint === undefined ? {} : { hint });
  }
}
