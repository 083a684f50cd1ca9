import type { JudgedCall } from "../judged-call.js";
import { parseContent, spanOfContent } from "../otlp/from-content.js";
import type { OtlpSpan } from "../otlp/otlp-span.js";
import { toSpan } from "../otlp/to-span.js";
import { MlflowError } from "../mlflow-error.js";
import type { Page, SearchQuery } from "../records.js";
import type {
  Assessment,
  AssessmentUpdate,
  NewAssessment,
  NewTrace,
  StoredSpans,
  Trace,
  TraceEnd,
  TraceSelection,
} from "../trace-records.js";
import type { TraceStore } from "../tracking-backend.js";
import type { Connection } from "./connection.js";
import type { Experiments } from "./experiments.js";
import { Traces } from "./traces.js";

/** The traces and assessments of a SQLite store, as the port has them. */
export class SqliteTraces implements TraceStore {
  private readonly traces: Traces;

  constructor(db: Connection, experiments: Experiments) {
    this.traces = new Traces(db, experiments);
  }

  /** Keeps calls that a run graded. */
  logJudged(runId: string, calls: readonly JudgedCall[]): void {
    this.traces.putJudged(runId, calls);
  }

  async put(trace: NewTrace): Promise<Trace> {
    return this.traces.put(trace);
  }

  async end(traceId: string, end: TraceEnd): Promise<Trace> {
    return this.traces.end(traceId, end);
  }

  async get(traceId: string): Promise<Trace> {
    return this.traces.get(traceId);
  }

  async read(traceIds: readonly string[]): Promise<Trace[]> {
    return this.traces.read(traceIds);
  }

  async search(experimentIds: readonly string[], query: SearchQuery): Promise<Page<Trace>> {
    return this.traces.search(experimentIds, query);
  }

  async delete(experimentId: string, which: TraceSelection): Promise<number> {
    return this.traces.delete(experimentId, which);
  }

  async setTag(traceId: string, key: string, value: string): Promise<void> {
    this.traces.setTag(traceId, key, value);
  }

  async deleteTag(traceId: string, key: string): Promise<void> {
    this.traces.deleteTag(traceId, key);
  }

  async linkToRun(traceIds: readonly string[], runId: string): Promise<void> {
    this.traces.linkToRun(traceIds, runId);
  }

  async logSpans(experimentId: string, spans: readonly OtlpSpan[]): Promise<void> {
    this.traces.spans.write(experimentId, spans.map(toSpan));
  }

  async storedSpans(traceId: string, most: number): Promise<StoredSpans> {
    return this.traces.spans.read(traceId, most);
  }

  async spansOf(traceId: string): Promise<OtlpSpan[]> {
    return this.traces.spans.read(traceId, -1).contents.map((content) => {
      const span = spanOfContent(parseContent(content));
      if (span) return span;
      throw new MlflowError("BAD_REQUEST", `The trace ${traceId} has a span that is not MLflow's: ${content.slice(0, 100)}`, {
        hint: "Another program has written it; delete the trace, or write the span again.",
      });
    });
  }

  async createAssessment(assessment: NewAssessment): Promise<Assessment> {
    return this.traces.assessments.create(assessment);
  }

  async getAssessment(traceId: string, assessmentId: string): Promise<Assessment> {
    return this.traces.assessments.get(traceId, assessmentId);
  }

  async updateAssessment(traceId: string, assessmentId: string, update: AssessmentUpdate): Promise<Assessment> {
    return this.traces.assessments.update(traceId, assessmentId, update);
  }

  async deleteAssessment(traceId: string, assessmentId: string): Promise<void> {
    this.traces.assessments.delete(traceId, assessmentId);
  }
}
