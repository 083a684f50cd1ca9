import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "../../inference/gateway/call.js";
import { tokensPerSecond } from "../../inference/openai/wire-answer.js";
import { TrackedRun, type NewTrackedRun } from "../../tracking/tracked-run.js";
import type { Tracker } from "../../tracking/tracker.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import type { CallRecord } from "./call-record.js";
import type { ServedModel } from "./served-model.js";

/** Which requests become runs: those that ask for it, all, or a share of the others too. */
export type TrackingPolicy = { kind: "flagged" } | { kind: "all" } | { kind: "sample"; share: number };

/** How a request wants to be recorded in MLflow. */
export interface TrackingChoice {
  /** Undefined: as the server does with all. */
  track: boolean | undefined;
  experiment: string | undefined;
  runName: string | undefined;
  tags: Record<string, string>;
}

/** How long an answer waits for the id of the run it asked for. */
const ID_DEADLINE_MS = 1000;
const ID_LOOK_MS = 4;
/** Recorded where the request, or the server's defaults for it, has them. */
const FURTHER = ["top_k", "min_p", "repeat_penalty", "repetition_penalty", "seed", "stop"];
const PARAMS = { temperature: 1, top_p: 1, frequency_penalty: 0, presence_penalty: 0 };

export interface TrackingOptions {
  tracker: Tracker;
  store: TrackingStore;
  experiment: string;
  policy: TrackingPolicy;
  user: string;
}

/** What an answer says about its run. */
export interface ExperimentTracking {
  /** Null while MLflow is away: the run is recorded and gets its id later. */
  run_id: string | null;
  experiment_id: string | null;
  experiment_name: string;
  status: "recorded" | "pending";
}

/** A request that is being recorded. */
export interface TrackedCall {
  /** Started already, or to be started with everything else at the end. */
  run: TrackedRun | NewTrackedRun;
  experiment: string;
  /** The client asked for it, and so for the run's id. */
  wanted: boolean;
}

/** Records requests as MLflow runs, without making anyone wait who did not ask for it. */
export class RequestTracking {
  readonly store: TrackingStore;
  readonly experiment: string;
  private readonly options: TrackingOptions;

  constructor(options: TrackingOptions) {
    this.options = options;
    this.store = options.store;
    this.experiment = options.experiment;
  }

  get isFailing(): boolean {
    return this.options.tracker.isFailing;
  }

  /** Entries that wait to reach the store. */
  get pending(): number {
    return this.options.tracker.pending;
  }

  /** The run of the model that was loaded: what it is, where it runs, what it takes. */
  recordLoad({ model, location, facts, state, contextSize }: ServedModel, seconds: number): void {
    const { tracker, experiment, user } = this.options;
    const run = tracker.startRun({ experiment, name: "model_load", userId: user, tags: sourceTags("model_load") });
    run.log({
      params: {
        model_name: model,
        model_path: location,
        architecture: facts.architecture,
        parameter_count: String(facts.parameters),
        quantization: facts.quantization,
        context_size: String(contextSize),
        slots: String(state.slots),
        device: state.gpu === "off" ? "cpu" : state.gpu,
        threads: String(state.threads.prompt),
      },
      metrics: [
        { key: "model_size_bytes", value: facts.fileBytes },
        { key: "memory_bytes", value: facts.memoryBytes },
        { key: "process_memory_bytes", value: process.memoryUsage().rss },
        { key: "load_time_seconds", value: seconds },
      ],
    });
    run.end("FINISHED");
  }

  /** Starts the run of a request, if it is to have one. */
  begin({ requestId }: Call, choice: TrackingChoice): TrackedCall | undefined {
    if (!this.isWanted(choice)) return undefined;
    const { tracker, user } = this.options;
    const experiment = choice.experiment ?? this.experiment;
    const tags = { ...sourceTags("request"), ...choice.tags, "llmops.request_id": requestId };
    const run: NewTrackedRun = { experiment, name: choice.runName, userId: user, tags, startTime: Date.now() };
    // who wants the id should not have to wait for it at the end
    const wanted = choice.track === true;
    return { run: wanted ? tracker.startRun(run) : run, experiment, wanted };
  }

  /** Records what became of a request; `prompt` is what the model was given. */
  end(tracked: TrackedCall, record: CallRecord, prompt: () => string): void {
    const { tracker } = this.options;
    tracker.together(() => {
      const run = tracked.run instanceof TrackedRun ? tracked.run : tracker.startRun(tracked.run);
      tracked.run = run;
      this.record(run, record, prompt);
    });
  }

  private record(run: TrackedRun, record: CallRecord, prompt: () => string): void {
    const { call, usage, timing, errorCode, totalMs, text, origin } = record;
    const metrics = {
      generation_time_seconds: (timing?.totalMs ?? totalMs) / 1000,
      ...(usage && {
        input_tokens: usage.promptTokens,
        output_tokens: usage.completionTokens,
        total_tokens: usage.promptTokens + usage.completionTokens,
      }),
      ...(usage && timing && { tokens_per_second: tokensPerSecond(usage, timing) }),
      ...firstToken(record),
    };
    run.log({
      params: { ...paramsOf(call), model: record.model },
      metrics: Object.entries(metrics).map(([key, value]) => ({ key, value })),
      tags: {
        ...(origin && { "llmops.provider": origin.provider, "llmops.cache": origin.cache }),
        ...(errorCode !== undefined && { "llmops.error": errorCode }),
      },
    });
    run.artifact(`prompts/prompt-${call.requestId}.txt`, prompt());
    if (errorCode === undefined) run.artifact(`responses/response-${call.requestId}.txt`, text);
    run.end(errorCode === undefined ? "FINISHED" : errorCode === "ABORTED" ? "KILLED" : "FAILED");
  }

  /** What the answer says about the run. Only a client that asked for the run waits for its id, and not for long. */
  async describe({ run, experiment, wanted }: TrackedCall): Promise<ExperimentTracking> {
    const { tracker } = this.options;
    const find = () => (run instanceof TrackedRun ? tracker.idOf(run) : undefined);
    const id = find() ?? (wanted && !tracker.isFailing ? await this.waitFor(find) : undefined);
    return {
      run_id: id ?? null,
      experiment_id: id === undefined ? null : tracker.experimentIdOf(experiment),
      experiment_name: experiment,
      status: id === undefined ? "pending" : "recorded",
    };
  }

  private async waitFor(find: () => string | undefined): Promise<string | undefined> {
    const { tracker } = this.options;
    tracker.hurry();
    const end = performance.now() + ID_DEADLINE_MS;
    while (find() === undefined && performance.now() < end && !tracker.isFailing) await sleep(ID_LOOK_MS);
    return find();
  }

  private isWanted({ track }: TrackingChoice): boolean {
    const { policy } = this.options;
    if (track !== undefined) return track;
    if (policy.kind === "flagged") return false;
    return policy.kind === "all" || Math.random() < policy.share;
  }
}

function sourceTags(type: string): Record<string, string> {
  return { "mlflow.source.name": "llmops serve", "mlflow.source.type": "LOCAL", "llmops.type": type };
}

function paramsOf({ body }: Call): Record<string, string> {
  const maxTokens = body["max_completion_tokens"] ?? body["max_tokens"];
  const others = Object.entries(PARAMS).map(([name, standard]) => [name, JSON.stringify(body[name] ?? standard)]);
  const further = FURTHER.filter((name) => (body[name] ?? null) !== null).map((name) => [name, JSON.stringify(body[name])]);
  others.push(...further);
  return { max_tokens: typeof maxTokens === "number" ? String(maxTokens) : "unlimited", ...Object.fromEntries(others) } as Record<
    string,
    string
  >;
}

function firstToken({ firstTokenMs }: CallRecord): Record<string, number> {
  return firstTokenMs === undefined ? {} : { first_token_seconds: firstTokenMs / 1000 };
}
