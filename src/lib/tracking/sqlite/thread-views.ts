import { IdleThreads } from "../../base/slices/idle-threads.js";
import { MlflowError } from "../mlflow-error.js";
import type { GroupsQuery, JsonBytes, MetricSeriesQuery, RunRowsQuery, RunScope, StoreViews } from "../store-views.js";
import type { TraceRowsQuery } from "../trace-views.js";
import { RecentDocuments } from "./recent-documents.js";
import { ViewReader, type ViewMessage, type ViewOutcome, type ViewTask } from "./view-reader.js";

/** One may be at a long query while the other answers short ones. */
const MOST_THREADS = 2;

/** The views of a SQLite store: queries run in threads with connections of their own, so that no client of the store waits for them. */
export class ThreadViews implements StoreViews {
  private readonly databasePath: string;
  private readonly threads = new IdleThreads<ViewMessage, ViewOutcome>({
    ...{ from: import.meta.url, worker: "./view-worker.js", most: MOST_THREADS },
    here: ({ databasePath, task }) => (this.reader ??= new ViewReader(databasePath)).answer(task),
  });
  /** Of what is slow to count. */
  private readonly counted: RecentDocuments;
  private reader: ViewReader | undefined;

  /** `version` names the state of the store: it differs after every write. */
  constructor(databasePath: string, version: () => Promise<string>) {
    this.databasePath = databasePath;
    this.counted = new RecentDocuments(version);
  }

  async queryRuns(query: RunRowsQuery): Promise<JsonBytes> {
    return this.ask({ kind: "rows", query });
  }

  async describeColumns(scope: RunScope): Promise<JsonBytes> {
    return this.count({ kind: "columns", scope });
  }

  async queryGroups(query: GroupsQuery): Promise<JsonBytes> {
    return this.count({ kind: "groups", query });
  }

  async queryTraces(query: TraceRowsQuery): Promise<JsonBytes> {
    return this.ask({ kind: "traces", query });
  }

  async metricSeries(query: MetricSeriesQuery): Promise<JsonBytes> {
    return this.ask({ kind: "series", query });
  }

  /** Ends the threads and their connections. */
  async close(): Promise<void> {
    this.reader?.close();
    this.reader = undefined;
    await this.threads.close();
  }

  private async count(task: ViewTask): Promise<JsonBytes> {
    return this.counted.get(JSON.stringify(task), () => this.ask(task));
  }

  private async ask(task: ViewTask): Promise<JsonBytes> {
    const outcome = await this.threads.run({ databasePath: this.databasePath, task });
    if ("document" in outcome) return outcome.document;
    const { code, message, hint } = outcome.refused;
    throw new MlflowError(code, message, hint === undefined ? {} : { hint });
  }
}
