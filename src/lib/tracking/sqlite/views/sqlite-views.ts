import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { inTurn } from "../../../base/slices/slices.js";
import { MlflowError } from "../../mlflow-error.js";
import type { ColumnSummary, RunRows, RunRowsQuery, RunScope, StoreViews } from "../../store-views.js";
import { ViewReader, type ViewAnswers, type ViewOutcome, type ViewTask } from "./view-reader.js";

/** One may be at a long query while the other answers short ones. */
const MOST_THREADS = 2;
/** A thread ends after so long without a question. */
const IDLE_MS = 60_000;
/** Sources that were not compiled have no file for a thread to run. */
const IS_COMPILED = import.meta.url.endsWith(".js");

/** The views of a SQLite store: queries run in threads with connections of their own, so that no client of the store waits for them. */
export class SqliteViews implements StoreViews {
  private readonly databasePath: string;
  private pool: Tinypool | undefined;
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

  /** Ends the threads and their connections. */
  async close(): Promise<void> {
    this.reader?.close();
    this.reader = undefined;
    const pool = this.pool;
    this.pool = undefined;
    await pool?.destroy();
  }

  private async ask<Task extends ViewTask>(task: Task): Promise<ViewAnswers[Task["kind"]]> {
    const outcome = IS_COMPILED ? await this.inThread(task) : await inTurn(() => this.here(task));
    if ("answer" in outcome) return outcome.answer as ViewAnswers[Task["kind"]];
    const { code, message, hint } = outcome.refused;
    throw new MlflowError(code, message, hint === undefined ? {} : { hint });
  }

  private here(task: ViewTask): ViewOutcome {
    this.reader ??= new ViewReader(this.databasePath);
    return this.reader.answer(task);
  }

  private async inThread(task: ViewTask): Promise<ViewOutcome> {
    this.pool ??= new Tinypool({
      filename: fileURLToPath(new URL("./view-worker.js", import.meta.url)),
      ...{ runtime: "worker_threads", minThreads: 0, maxThreads: MOST_THREADS, idleTimeout: IDLE_MS },
    });
    return (await this.pool.run({ databasePath: this.databasePath, task })) as ViewOutcome;
  }
}
