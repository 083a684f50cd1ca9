import type { Readable } from "node:stream";
import type { MlflowConnection } from "../../base/config/mlflow-environment.js";
import { LIMITS } from "../limits.js";
import { toAssessment, toEvaluationTrace, type JudgedCall } from "../judged-call.js";
import { isUnknownRoute, MlflowError } from "../mlflow-error.js";
import type {
  Experiment,
  FileInfo,
  Metric,
  NewExperiment,
  NewRun,
  Page,
  Run,
  RunBatch,
  RunInfo,
  RunInputs,
  RunQuery,
  RunUpdate,
  SearchQuery,
} from "../records.js";
import { splitBatch } from "../split-batch.js";
import type { ArtifactContent, TrackingStore } from "../tracking-store.js";
import {
  datasetToWire,
  experimentFromWire,
  metricFromWire,
  metricToWire,
  runFromWire,
  runInfoFromWire,
  type WireExperiment,
  type WireMetric,
  type WireRun,
  type WireRunInfo,
} from "../wire/run.js";
import { nonEmpty, toPairs } from "../wire/values.js";
import { HttpClient } from "./http-client.js";
import { RemoteArtifacts } from "./remote-artifacts.js";
import { RestLoggedModels, RestTraces } from "./rest-parts.js";
import { RestRegistry } from "./rest-registry.js";

const API = "/api/2.0/mlflow";
/** Calls recorded at a time, and linked to a run with one request (MLflow's limit). */
const AT_A_TIME = 8;
const LINKED_AT_ONCE = 100;

/** A tracking server, real MLflow or `llmops mlflow server`, through its REST API. */
export class RestStore implements TrackingStore {
  readonly uri: string;
  readonly registry: RestRegistry;
  readonly loggedModels: RestLoggedModels;
  readonly traces: RestTraces;
  readonly artifacts: RemoteArtifacts;
  private readonly http: HttpClient;
  private readonly truncate: boolean;

  /** Nothing is sent yet. Throws INVALID_ARGUMENT for settings that cannot be. */
  constructor(url: URL, connection: MlflowConnection) {
    this.http = new HttpClient(url, connection);
    this.uri = this.http.origin;
    this.registry = new RestRegistry(this.http);
    this.loggedModels = new RestLoggedModels(this.http);
    this.traces = new RestTraces(this.http);
    this.artifacts = new RemoteArtifacts(this.http, connection);
    this.truncate = connection.truncateLongValues;
  }

  async createExperiment({ name, artifactLocation, tags = {} }: NewExperiment): Promise<Experiment> {
    const body = { name, artifact_location: artifactLocation, tags: toPairs(tags) };
    const { experiment_id: id } = await this.post<{ experiment_id: string }>("experiments/create", body);
    return this.getExperiment(id);
  }

  async getExperiment(experimentId: string): Promise<Experiment> {
    const { experiment } = await this.get<{ experiment: WireExperiment }>("experiments/get", { experiment_id: experimentId });
    return experimentFromWire(experiment);
  }

  async findExperiment(name: string): Promise<Experiment | undefined> {
    try {
      const answer = await this.get<{ experiment: WireExperiment }>("experiments/get-by-name", { experiment_name: name });
      return experimentFromWire(answer.experiment);
    } catch (error) {
      if (error instanceof MlflowError && error.errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
      throw error;
    }
  }

  async searchExperiments(query: SearchQuery): Promise<Page<Experiment>> {
    const { viewType, ...body } = toWireQuery(query);
    const answer = await this.post<{ experiments?: WireExperiment[]; next_page_token?: string }>("experiments/search", {
      ...body,
      view_type: viewType,
    });
    return { items: (answer.experiments ?? []).map(experimentFromWire), nextPageToken: answer.next_page_token };
  }

  async renameExperiment(experimentId: string, name: string): Promise<void> {
    await this.post("experiments/update", { experiment_id: experimentId, new_name: name });
  }

  async deleteExperiment(experimentId: string): Promise<void> {
    await this.post("experiments/delete", { experiment_id: experimentId });
  }

  async restoreExperiment(experimentId: string): Promise<void> {
    await this.post("experiments/restore", { experiment_id: experimentId });
  }

  async setExperimentTag(experimentId: string, key: string, value: string): Promise<void> {
    await this.post("experiments/set-experiment-tag", { experiment_id: experimentId, key, value });
  }

  async deleteExperimentTag(experimentId: string, key: string): Promise<void> {
    await this.post("experiments/delete-experiment-tag", { experiment_id: experimentId, key });
  }

  async createRun({ experimentId, runName, startTime, userId, tags = {} }: NewRun): Promise<Run> {
    const fitted = fitValues(tags, LIMITS.runTagValue, this.truncate);
    const body = {
      experiment_id: experimentId,
      run_name: runName,
      start_time: Math.round(startTime),
      user_id: userId,
      tags: toPairs(fitted),
    };
    const request = { method: "POST", path: `${API}/runs/create`, json: body, once: true } as const;
    return runFromWire((await this.http.json<{ run: WireRun }>(request)).run);
  }

  async getRun(runId: string): Promise<Run> {
    return runFromWire((await this.get<{ run: WireRun }>("runs/get", { run_id: runId, run_uuid: runId })).run);
  }

  async updateRun(runId: string, { status, endTime, runName }: RunUpdate): Promise<RunInfo> {
    const body = {
      run_id: runId,
      run_uuid: runId,
      status,
      end_time: endTime === undefined ? undefined : Math.round(endTime),
      run_name: runName,
    };
    return runInfoFromWire((await this.post<{ run_info: WireRunInfo }>("runs/update", body)).run_info);
  }

  async deleteRun(runId: string): Promise<void> {
    await this.post("runs/delete", { run_id: runId });
  }

  async restoreRun(runId: string): Promise<void> {
    await this.post("runs/restore", { run_id: runId });
  }

  async searchRuns({ experimentIds, ...query }: RunQuery): Promise<Page<Run>> {
    const { viewType, ...body } = toWireQuery(query);
    const answer = await this.post<{ runs?: WireRun[]; next_page_token?: string }>("runs/search", {
      ...body,
      experiment_ids: experimentIds,
      run_view_type: viewType,
    });
    return { items: (answer.runs ?? []).map(runFromWire), nextPageToken: answer.next_page_token };
  }

  async logBatch(runId: string, batch: RunBatch): Promise<void> {
    for (const { params = {}, metrics = [], tags = {} } of splitBatch(batch)) {
      await this.post("runs/log-batch", {
        run_id: runId,
        params: toPairs(fitValues(params, LIMITS.paramValue, this.truncate)) ?? [],
        metrics: metrics.map((metric) =>
          metricToWire({ ...metric, timestamp: Math.round(metric.timestamp), step: Math.round(metric.step) }),
        ),
        tags: toPairs(fitValues(tags, LIMITS.runTagValue, this.truncate)) ?? [],
      });
    }
  }

  async deleteTag(runId: string, key: string): Promise<void> {
    await this.post("runs/delete-tag", { run_id: runId, key });
  }

  /** max_results is always sent: servers from 3.4 to 3.13 answer nothing without it (mlflow#23916). */
  async metricHistory(
    runId: string,
    key: string,
    { maxResults = LIMITS.historyPage, pageToken }: { maxResults?: number | undefined; pageToken?: string | undefined },
  ): Promise<Page<Metric>> {
    const query = { run_id: runId, run_uuid: runId, metric_key: key, max_results: maxResults, page_token: pageToken };
    const answer = await this.get<{ metrics?: WireMetric[]; next_page_token?: string }>("metrics/get-history", query);
    return { items: (answer.metrics ?? []).map(metricFromWire), nextPageToken: answer.next_page_token };
  }

  async logInputs(runId: string, { datasets = [], modelIds = [] }: RunInputs): Promise<void> {
    const models = nonEmpty(modelIds.map((id) => ({ model_id: id }))); // older servers know none
    await this.post("runs/log-inputs", { run_id: runId, datasets: datasets.map(datasetToWire), models });
  }

  async logOutputs(runId: string, models: Run["modelOutputs"]): Promise<void> {
    await this.post("runs/outputs", { run_id: runId, models: models.map(({ modelId, step }) => ({ model_id: modelId, step })) });
  }

  async logJudgedCalls(runId: string, calls: readonly JudgedCall[]): Promise<boolean> {
    const [first, ...others] = calls;
    if (!first) return true;
    const ids: string[] = [];
    try {
      ids.push(await this.logJudgedCall(runId, first)); // alone: a server without traces says so before it gets them all
    } catch (error) {
      if (isUnknownRoute(error)) return false;
      throw error;
    }
    const queue = others.values();
    const work = async () => {
      for (const call of queue) ids.push(await this.logJudgedCall(runId, call));
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    for (let start = 0; start < ids.length; start += LINKED_AT_ONCE) {
      await this.post("traces/link-to-run", { run_id: runId, trace_ids: ids.slice(start, start + LINKED_AT_ONCE) });
    }
    return true;
  }

  private async logJudgedCall(runId: string, call: JudgedCall): Promise<string> {
    const { traceId } = await this.traces.put(toEvaluationTrace(runId, call));
    for (const feedback of call.feedback) await this.traces.createAssessment(toAssessment(runId, traceId, feedback));
    return traceId;
  }

  async listArtifacts(runId: string, path: string): Promise<FileInfo[]> {
    const query = { run_id: runId, run_uuid: runId, path: path === "" ? undefined : path };
    const { files = [] } = await this.get<{ files?: { path: string; is_dir?: boolean; file_size?: number }[] }>("artifacts/list", query);
    return files.map((file) => ({ path: file.path, isFolder: file.is_dir ?? false, sizeBytes: file.file_size ?? 0 }));
  }

  async readArtifact(runId: string, path: string): Promise<Readable> {
    return this.artifacts.read((await this.getRun(runId)).artifactUri, path);
  }

  async writeArtifact(runId: string, path: string, content: ArtifactContent): Promise<void> {
    await this.artifacts.write((await this.getRun(runId)).artifactUri, path, content);
  }

  async fetchArtifacts(artifactUri: string, path: string, folder: string): Promise<string> {
    return this.artifacts.fetch(artifactUri, path, folder);
  }

  async confirm(): Promise<void> {
    // what a server acknowledged is its to keep
  }

  abandon(): void {
    this.http.abandon();
  }

  async close(): Promise<void> {
    await this.artifacts.close();
    await this.http.close();
  }

  private async get<T>(path: string, query: Record<string, string | number | undefined>): Promise<T> {
    return this.http.json<T>({ method: "GET", path: `${API}/${path}`, query });
  }

  private async post<T>(path: string, json: object): Promise<T> {
    return this.http.json<T>({ method: "POST", path: `${API}/${path}`, json });
  }
}

function toWireQuery({ filter, orderBy, viewType, maxResults, pageToken }: SearchQuery) {
  return { filter, order_by: orderBy, max_results: maxResults, page_token: pageToken, viewType };
}

function fitValues(values: Readonly<Record<string, string>>, limit: number, truncate: boolean): Record<string, string> {
  if (!truncate) return { ...values };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, value.slice(0, limit)]));
}
