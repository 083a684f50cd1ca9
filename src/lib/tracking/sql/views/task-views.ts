import type { GroupsQuery, JsonBytes, MetricSeriesQuery, RunRowsQuery, RunScope, StoreViews } from "../../store-views.js";
import type { TraceRowsQuery } from "../../trace-views.js";
import type { ViewTask } from "./read-view.js";
import { RecentDocuments } from "./recent-documents.js";

/** The views of a store, each a question that somebody answers. */
export abstract class TaskViews implements StoreViews {
  /** Of what is slow to count. */
  private readonly counted: RecentDocuments;

  /** `version` names the state of the store: it differs after every write. */
  constructor(version: () => Promise<string>) {
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

  /** Ends whatever answers. */
  abstract close(): Promise<void>;

  /** The document that answers a question. Throws MlflowError. */
  protected abstract ask(task: ViewTask): Promise<JsonBytes>;

  private async count(task: ViewTask): Promise<JsonBytes> {
    return this.counted.get(JSON.stringify(task), () => this.ask(task));
  }
}
