import { LlmopsError } from "../../base/errors/llmops-error.js";
import { MlflowError, type MlflowErrorCode } from "../mlflow-error.js";
import type { Connection } from "../sql/connection.js";
import { readView, type ViewTask } from "../sql/views/read-view.js";
import { ViewCache } from "../sql/views/view-cache.js";
import type { JsonBytes } from "../store-views.js";
import { describeColumns } from "./columns.js";
import { openReader } from "./open-database.js";
import type { SqliteConnection } from "./sqlite-connection.js";

/** A question as a thread gets it, with the store's file. */
export interface ViewMessage {
  databasePath: string;
  task: ViewTask;
}

/** The document that answers it, or an error in a form that goes from thread to thread. */
export type ViewOutcome = { document: JsonBytes } | { refused: { code: MlflowErrorCode; message: string; hint: string | undefined } };

/** Answers questions about a store, one after another, over a connection of its own, which is opened for the first of them. */
export class ViewReader {
  private readonly databasePath: string;
  private readonly cache = new ViewCache();
  private db: SqliteConnection | undefined;
  private last: Promise<unknown> = Promise.resolve();

  constructor(databasePath: string) {
    this.databasePath = databasePath;
  }

  /** The answer; what is wrong with the question, or a file that is away, is one too. Throws what the database itself does not bear. */
  async answer(task: ViewTask): Promise<ViewOutcome> {
    const answered = this.last.then(() => this.answerNow(task));
    this.last = answered.catch(() => undefined);
    return answered;
  }

  close(): void {
    this.db?.close();
  }

  private async answerNow(task: ViewTask): Promise<ViewOutcome> {
    try {
      const db = (this.db ??= openReader(this.databasePath));
      db.confirm();
      return { document: Buffer.from(JSON.stringify(await db.snapshot(() => this.read(db, task)))) };
    } catch (error) {
      if (!(error instanceof LlmopsError)) throw error;
      const code = error instanceof MlflowError ? error.errorCode : "TEMPORARILY_UNAVAILABLE";
      return { refused: { code, message: error.message, hint: error.hint } };
    }
  }

  private async read(db: Connection, task: ViewTask): Promise<object> {
    await db.get("SELECT count(*) FROM alembic_version"); // the moment that is read begins with the first read
    this.cache.see((await db.versionOfOthers()) ?? "");
    return readView(db, this.cache, task, describeColumns);
  }
}
