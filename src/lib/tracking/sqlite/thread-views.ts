import { IdleThreads } from "../../base/slices/idle-threads.js";
import { MlflowError } from "../mlflow-error.js";
import type { ViewTask } from "../sql/views/read-view.js";
import { TaskViews } from "../sql/views/task-views.js";
import type { JsonBytes } from "../store-views.js";
import { ViewReader, type ViewMessage, type ViewOutcome } from "./view-reader.js";

/** One may be at a long query while the other answers short ones. */
const MOST_THREADS = 2;

/** The views of a SQLite store: queries run in threads with connections of their own, so that no client of the store waits for them. */
export class ThreadViews extends TaskViews {
  private readonly databasePath: string;
  private readonly threads = new IdleThreads<ViewMessage, ViewOutcome>({
    ...{ from: import.meta.url, worker: "./view-worker.js", most: MOST_THREADS },
    here: ({ databasePath, task }) => (this.reader ??= new ViewReader(databasePath)).answer(task),
  });
  private reader: ViewReader | undefined;

  /** `version` names the state of the store: it differs after every write. */
  constructor(databasePath: string, version: () => Promise<string>) {
    super(version);
    this.databasePath = databasePath;
  }

  /** Ends the threads and their connections. */
  async close(): Promise<void> {
    this.reader?.close();
    this.reader = undefined;
    await this.threads.close();
  }

  protected async ask(task: ViewTask): Promise<JsonBytes> {
    const outcome = await this.threads.run({ databasePath: this.databasePath, task });
    if ("document" in outcome) return outcome.document;
    const { code, message, hint } = outcome.refused;
    throw new MlflowError(code, message, hint === undefined ? {} : { hint });
  }
}
