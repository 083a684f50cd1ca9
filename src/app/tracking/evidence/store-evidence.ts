import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { MlflowError } from "../../../lib/tracking/mlflow-error.js";
import type { AnswersRequest, AnswersWindow, LabeledAnswer, RatingRequest } from "../../../lib/tracking/server/answers.js";
import type {
  ComparisonAnswer,
  ComparisonRequest,
  PromotionAnswer,
  PromotionRequest,
  StoreEvidence,
} from "../../../lib/tracking/server/evidence.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { allMet, moveTo } from "../promote.js";
import { answerTask, type EvidenceAnswers, type EvidenceOutcome, type EvidenceTask } from "./evidence-tasks.js";

/** One may be at a large comparison while the other answers small ones. */
const MOST_THREADS = 2;
/** A thread ends after so long without a question. */
const IDLE_MS = 60_000;
/** Sources that were not compiled have no file for a thread to run. */
const IS_COMPILED = import.meta.url.endsWith(".js");

/** What the measurements in a store of this machine prove, told in threads. */
export class LocalEvidence implements StoreEvidence {
  private readonly store: TrackingBackend;
  private pool: Tinypool | undefined;

  constructor(store: TrackingBackend) {
    this.store = store;
  }

  async promote(request: PromotionRequest): Promise<PromotionAnswer> {
    const { registry } = this.store;
    const { name, version, isTrial } = request;
    await registry.getVersion(name, version);
    const checks = await this.ask({ kind: "requirements", request });
    const promoted = !isTrial && allMet(checks);
    if (promoted) await moveTo(registry, request);
    return {
      promoted,
      requirements: checks.map(({ name: requirement, state, evidence, hint }) => ({ requirement, state, evidence, hint })),
      version: await registry.getVersion(name, version),
    };
  }

  async compare(request: ComparisonRequest): Promise<ComparisonAnswer> {
    return this.ask({ kind: "comparison", request });
  }

  async answers(request: AnswersRequest): Promise<AnswersWindow> {
    return this.ask({ kind: "answers", request });
  }

  async rate(request: RatingRequest): Promise<void> {
    return this.ask({ kind: "rating", request });
  }

  async labels(runIds: readonly string[]): Promise<LabeledAnswer[]> {
    return this.ask({ kind: "labels", runIds });
  }

  /** Ends the threads and their connections. */
  async close(): Promise<void> {
    const pool = this.pool;
    this.pool = undefined;
    await pool?.destroy();
  }

  private async ask<Task extends EvidenceTask>(task: Task): Promise<EvidenceAnswers[Task["kind"]]> {
    const outcome = IS_COMPILED ? await this.inThread(task) : await answerTask(this.store, task);
    if ("answer" in outcome) return outcome.answer as EvidenceAnswers[Task["kind"]];
    const { code, message, hint } = outcome.refused;
    throw new MlflowError(code, hint === undefined ? message : `${message} ${hint}`);
  }

  private async inThread(task: EvidenceTask): Promise<EvidenceOutcome> {
    this.pool ??= new Tinypool({
      filename: fileURLToPath(new URL("./evidence-worker.js", import.meta.url)),
      ...{ runtime: "worker_threads", minThreads: 0, maxThreads: MOST_THREADS, idleTimeout: IDLE_MS },
    });
    const { uri, artifacts } = this.store;
    return (await this.pool.run({ uri, artifacts: artifacts.root, task })) as EvidenceOutcome;
  }
}
