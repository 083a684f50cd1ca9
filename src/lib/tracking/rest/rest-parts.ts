import type { LoggedModelCopies, TraceCopies } from "../copied-parts.js";
import type { LoggedModel, LoggedModelQuery, LoggedModelStatus, NewLoggedModel, ModelDataset } from "../logged-model-records.js";
import type { OtlpSpan } from "../otlp/otlp-span.js";
import { writeProtobufSpans } from "../otlp/write-protobuf.js";
import type { Page, SearchQuery } from "../records.js";
import type { Assessment, NewAssessment, NewTrace, Trace } from "../trace-records.js";
import { loggedModelFromWire, type WireLoggedModel } from "../wire/logged-model.js";
import { spanFromWire, type WireSpan } from "../wire/otlp-span.js";
import { assessmentFromWire, assessmentToWire, traceFromWire, traceToWire, type WireAssessment, type WireTrace } from "../wire/trace.js";
import { toPairs } from "../wire/values.js";
import type { HttpClient } from "./http-client.js";

const MODELS = "/api/2.0/mlflow/logged-models";
const TRACES = "/api/3.0/mlflow/traces";

/** The logged models of a tracking server. */
export class RestLoggedModels implements LoggedModelCopies {
  private readonly http: HttpClient;

  constructor(http: HttpClient) {
    this.http = http;
  }

  async create({ experimentId, name, modelType, sourceRunId, tags, params }: NewLoggedModel): Promise<LoggedModel> {
    const said = { experiment_id: experimentId, name, model_type: modelType, source_run_id: sourceRunId };
    const json = { ...said, tags: toPairs(tags), params: toPairs(params) };
    return this.model("POST", MODELS, json);
  }

  async search({ experimentIds, filter, datasets = [], orderBy, maxResults, pageToken }: LoggedModelQuery): Promise<Page<LoggedModel>> {
    const toDataset = (of: ModelDataset | undefined) => of && { dataset_name: of.name, dataset_digest: of.digest };
    const order = orderBy.map(({ field, ascending, dataset }) => ({ field_name: field, ascending, ...toDataset(dataset) }));
    const page = { max_results: maxResults, page_token: pageToken };
    const json = { experiment_ids: experimentIds, filter, datasets: datasets.map(toDataset), order_by: order, ...page };
    const answer = await this.http.json<{ models?: WireLoggedModel[]; next_page_token?: string }>({
      ...{ method: "POST", path: `${MODELS}/search`, json },
    });
    return { items: (answer.models ?? []).map(loggedModelFromWire), nextPageToken: answer.next_page_token };
  }

  async finalize(modelId: string, status: LoggedModelStatus): Promise<LoggedModel> {
    return this.model("PATCH", `${MODELS}/${modelId}`, { model_id: modelId, status });
  }

  private async model(method: "POST" | "PATCH", path: string, json: object): Promise<LoggedModel> {
    return loggedModelFromWire((await this.http.json<{ model: WireLoggedModel }>({ method, path, json })).model);
  }
}

/** The traces of a tracking server. */
export class RestTraces implements TraceCopies {
  private readonly http: HttpClient;

  constructor(http: HttpClient) {
    this.http = http;
  }

  async put(trace: NewTrace): Promise<Trace> {
    const json = { trace: { trace_info: traceToWire({ ...trace, assessments: [] }) } };
    const answer = await this.http.json<{ trace: { trace_info: WireTrace } }>({ method: "POST", path: TRACES, json });
    return traceFromWire(answer.trace.trace_info);
  }

  async get(traceId: string): Promise<Trace> {
    const answer = await this.http.json<{ trace: { trace_info: WireTrace } }>({ method: "GET", path: `${TRACES}/${traceId}` });
    return traceFromWire(answer.trace.trace_info);
  }

  async search(experimentIds: readonly string[], { filter, orderBy, maxResults, pageToken }: SearchQuery): Promise<Page<Trace>> {
    const locations = experimentIds.map((id) => ({ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: id } }));
    const json = { locations, filter, order_by: orderBy, max_results: maxResults, page_token: pageToken };
    const answer = await this.http.json<{ traces?: WireTrace[]; next_page_token?: string }>({
      ...{ method: "POST", path: `${TRACES}/search`, json },
    });
    return { items: (answer.traces ?? []).map(traceFromWire), nextPageToken: answer.next_page_token };
  }

  async createAssessment(made: NewAssessment): Promise<Assessment> {
    const { createTimeMs = Date.now(), lastUpdateTimeMs = createTimeMs } = made;
    const wire = assessmentToWire({ ...made, assessmentId: "", valid: true, createTimeMs, lastUpdateTimeMs });
    const json = { assessment: { ...wire, assessment_id: undefined } };
    const path = `${TRACES}/${made.traceId}/assessments`;
    return assessmentFromWire((await this.http.json<{ assessment: WireAssessment }>({ method: "POST", path, json })).assessment);
  }

  async spansOf(traceId: string): Promise<OtlpSpan[]> {
    const request = { method: "GET", path: `${TRACES}/batchGet`, query: { trace_ids: traceId }, exact: true } as const;
    const { traces = [] } = await this.http.json<{ traces?: { spans?: WireSpan[] }[] }>(request);
    return (traces[0]?.spans ?? []).map(spanFromWire);
  }

  async logSpans(experimentId: string, spans: readonly OtlpSpan[]): Promise<void> {
    const headers = { "content-type": "application/x-protobuf", "x-mlflow-experiment-id": experimentId };
    await this.http.done({ method: "POST", path: "/v1/traces", content: writeProtobufSpans(spans), headers });
  }
}
