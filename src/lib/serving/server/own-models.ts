import { PROGRAM_VERSION } from "../../base/config/program-version.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { JsonObject } from "../../inference/gateway/call.js";
import type { LocalModels } from "../../inference/gateway/local-provider.js";
import type { Lease } from "./leased-model.js";
import { Loading, modelLoading } from "./loading.js";
import type { ModelPool } from "./model-pool.js";
import type { ModelSource } from "./model-source.js";
import type { ServedModel } from "./served-model.js";

export type Phase = "loading" | "ready" | "draining";

/** What a model in this process is to a server: requests wait while it is loading, or others can answer them meanwhile, or there is none. */
export type OwnModel = "awaited" | "optional" | "none";

/** The models of a server's own process, from before the first is loaded until the server stops. */
export class OwnModels implements LocalModels {
  readonly program = PROGRAM_VERSION;
  /** How the default model is called. */
  readonly name: string;
  /** Requests may be answered by one of them. */
  readonly areThere: boolean;
  private readonly loading: Loading | undefined;
  private stage: Phase;
  private held: ModelPool | undefined;

  /** Unless there is none, the default model is loading until `serve`. */
  constructor(name: string, kind: OwnModel = "awaited") {
    this.name = name;
    this.areThere = kind !== "none";
    this.stage = kind === "none" ? "ready" : "loading";
    this.loading = kind === "awaited" ? new Loading(name) : undefined;
  }

  get phase(): Phase {
    return this.stage;
  }

  get pool(): ModelPool | undefined {
    return this.held;
  }

  /** The default model, once it is loaded. */
  get default(): ServedModel | undefined {
    return this.held?.defaultModel;
  }

  /** While there are none, nothing of them can be in a cache. */
  get identity(): string {
    return this.held?.identity ?? "none";
  }

  /** Has these models answer from now on, the first of which is loaded. */
  serve(pool: ModelPool): void {
    this.held = pool;
    if (this.stage === "loading") this.stage = "ready";
    this.loading?.end();
  }

  /** Readiness ends; what is running continues, what still waits for the model is refused. */
  drain(): void {
    this.stage = "draining";
    this.loading?.abandon();
  }

  /**
   * Resolves once the model that requests have to wait for is loaded; at once where there is none. Throws MODEL_LOADING when
   * `timeoutMs` is over before, SHUTTING_DOWN when the server ends, or the signal's reason.
   */
  async whenLoaded(signal: AbortSignal, timeoutMs: number): Promise<void> {
    if (!this.held) await this.loading?.wait(signal, timeoutMs);
  }

  /** The models. Throws MODEL_LOADING, or ROUTE_NOT_FOUND where there are none. */
  require(): ModelPool {
    if (this.held) return this.held;
    if (this.stage === "loading") throw modelLoading(this.name);
    throw new LlmopsError("ROUTE_NOT_FOUND", "This server forwards requests and has no local model for this.");
  }

  /** A model by its id, until it is released. Throws MODEL_LOADING, MODEL_NOT_FOUND, or ROUTE_NOT_FOUND where there is none. */
  async lend(id: string | undefined, signal: AbortSignal, timeoutMs: number): Promise<Lease> {
    await this.whenLoaded(signal, timeoutMs);
    const pool = this.require();
    return pool.borrow(pool.find(id).id, signal);
  }

  /** The model a request's body asks for, until it is released; throws as `lend` does. The signal says how long it may wait. */
  async borrow(body: JsonObject, signal: AbortSignal): Promise<Lease> {
    return this.lend(askedModel(body), signal, LONGEST_WAIT_MS);
  }

  /** Where the model comes from that a body asks for; undefined where nothing here has that name. */
  sourceOf(body: JsonObject): ModelSource | undefined {
    try {
      return this.held?.find(askedModel(body));
    } catch {
      return undefined; // nobody's: the answer says so
    }
  }
}

/** The longest pause a timer takes: about 25 days. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

/** The model a body names. */
export function askedModel({ model }: JsonObject): string | undefined {
  return typeof model === "string" && model !== "" ? model : undefined;
}
