import type { SqlDatabase } from "../sql/sql-database.js";
import { readView, type ViewTask } from "../sql/views/read-view.js";
import { TaskViews } from "../sql/views/task-views.js";
import { ViewCache } from "../sql/views/view-cache.js";
import type { JsonBytes } from "../store-views.js";
import { describeColumns } from "./columns.js";

/** The views of a store whose database does the work beside this process, over its connections. */
export class PooledViews extends TaskViews {
  private readonly database: SqlDatabase;

  constructor(database: SqlDatabase) {
    super(() => database.version({ own: true }));
    this.database = database;
  }

  async close(): Promise<void> {
    // the connections are the database's
  }

  protected async ask(task: ViewTask): Promise<JsonBytes> {
    // what is kept is of one moment, and so of one question
    const document = await this.database.use((db) => db.snapshot(() => readView(db, new ViewCache(), task, describeColumns)));
    return Buffer.from(JSON.stringify(document));
  }
}
