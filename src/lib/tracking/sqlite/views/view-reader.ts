import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { MlflowError, type MlflowErrorCode } from "../../mlflow-error.js";
import type { ColumnSummary, RunRows, RunRowsQuery, RunScope } from "../../store-views.js";
import type { Connection } from "../connection.js";
import { openReader } from "../open-database.js";
import { describeColumns } from "./columns.js";
import { queryRuns } from "./query-runs.js";
import { ViewCache } from "./view-cache.js";

/** A question about a store. */
export type ViewTask = { kind: "rows"; query: RunRowsQuery } | { kind: "columns"; scope: RunScope };

/** Its answers. */
export interface ViewAnswers {
  rows: RunRows;
  columns: ColumnSummary;
}

/** An answer, or an error in a form that goes from thread to thread. */
export type ViewOutcome = { answer: unknown } | { refused: { code: MlflowErrorCode; message: string; hint: string | undefined } };

/** Columns that took so long may be a little old. */
const SLOW_MS = 100;

/** Answers questions about a store over a connection of its own. */
export class ViewReader {
  private readonly db: Connection;
  private readonly cache = new ViewCache();

  /** Opens the store's file. Throws STORE_UNWRITABLE or STORE_INCOMPATIBLE. */
  constructor(databasePath: string) {
    this.db = openReader(databasePath);
  }

  /** The answer; what is wrong with the question is one too. Throws what the database itself does not bear. */
  answer(task: ViewTask): ViewOutcome {
    try {
      return { answer: this.db.snapshot(() => this.read(task)) };
    } catch (error) {
      if (!(error instanceof LlmopsError)) throw error;
      const code = error instanceof MlflowError ? error.errorCode : "TEMPORARILY_UNAVAILABLE";
      return { refused: { code, message: error.message, hint: error.hint } };
    }
  }

  close(): void {
    this.db.close();
  }

  private read(task: ViewTask): ViewAnswers[ViewTask["kind"]] {
    this.db.get("SELECT count(*) FROM alembic_version"); // the moment that is read begins with the first read
    this.cache.see(this.db.get<{ data_version: number }>("PRAGMA data_version")?.data_version ?? 0);
    if (task.kind === "rows") return queryRuns(this.db, this.cache, task.query);
    return this.cache.get(`columns ${JSON.stringify(task.scope)}`, () => describeColumns(this.db, task.scope), SLOW_MS);
  }
}
