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
import type { SqlSessions } from "./sql-parts.js";

/** The traces and assessments of a store, as the port has them. */
export class SqlTraces implements TraceStore {
  private readonly sessions: SqlSessions;

  constructor(sessions: SqlSessions) {
    this.sessions = sessions;
  }

  async put(trace: NewTrace): Promise<Trace> {
    return this.sessions.use(({ traces }) => traces.put(trace));
  }

  async end(traceId: string, end: TraceEnd): Promise<Trace> {
    return this.sessions.use(({ traces }) => traces.end(traceId, end));
  }

  async get(traceId: string): Promise<Trace> {
    return this.sessions.use(({ traces }) => traces.get(traceId));
  }

  async read(traceIds: readonly string[]): Promise<Trace[]> {
    return this.sessions.use(({ traces }) => traces.read(traceIds));
  }

  async search(experimentIds: readonly string[], query: SearchQuery): Promise<Page<Trace>> {
    return this.sessions.use(({ traces }) => traces.search(experimentIds, query));
  }

  async delete(experimentId: string, which: TraceSelection): Promise<number> {
    return this.sessions.use(({ traces }) => traces.delete(experimentId, which));
  }

  async setTag(traceId: string, key: string, value: string): Promise<void> {
    return this.sessions.use(({ traces }) => traces.setTag(traceId, key, value));
  }

  async deleteTag(traceId: string, key: string): Promise<void> {
    return this.sessions.use(({ traces }) => traces.deleteTag(traceId, key));
  }

  async linkToRun(traceIds: readonly string[], runId: string): Promise<void> {
    return this.sessions.use(({ traces }) => traces.linkToRun(traceIds, runId));
  }

  async logSpans(experimentId: string, spans: readonly OtlpSpan[]): Promise<void> {
    return this.sessions.use(({ traces }) => traces.spans.write(experimentId, spans.map(toSpan)));
  }

  async storedSpans(traceId: string, most: number): Promise<StoredSpans> {
    return this.sessions.use(({ traces }) => traces.spans.read(traceId, most));
  }

  async spansOf(traceId: string): Promise<OtlpSpan[]> {
    return (await this.storedSpans(traceId, Number.MAX_SAFE_INTEGER)).contents.map((content) => {
      const span = spanOfContent(parseContent(content));
      if (span) return span;
      throw new MlflowError("BAD_REQUEST", `The trace ${traceId} has a span that is not MLflow's: ${content.slice(0, 100)}`, {
        hint: "Another program has written it; delete the trace, or write the span again.",
      });
    });
  }

  async createAssessment(assessment: NewAssessment): Promise<Assessment> {
    return this.sessions.use(({ traces }) => traces.assessments.create(assessment));
  }

  async getAssessment(traceId: string, assessmentId: string): Promise<Assessment> {
    return this.sessions.use(({ traces }) => traces.assessments.get(traceId, assessmentId));
  }

  async updateAssessment(traceId: string, assessmentId: string, update: AssessmentUpdate): Promise<Assessment> {
    return this.sessions.use(({ traces }) => traces.assessments.update(traceId, assessmentId, update));
  }

  async deleteAssessment(traceId: string, assessmentId: string): Promise<void> {
    return this.sessions.use(({ traces }) => traces.assessments.delete(traceId, assessmentId));
  }
}
