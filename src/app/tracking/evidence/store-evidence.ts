import { IdleThreads } from "../../../lib/base/slices/idle-threads.js";
import { MlflowError } from "../../../lib/tracking/mlflow-error.js";
import type { AnswersRequest, AnswersWindow } from "../../../lib/base/pages/answers.js";
import type { LabeledAnswer, RatingRequest } from "../../../lib/tracking/server/answers.js";
import type {
  ComparisonAnswer,
  ComparisonRequest,
  PromotionAnswer,
  PromotionRequest,
  StoreEvidence,
} from "../../../lib/tracking/server/evidence.js";
import type { TraceSpans } from "../../../lib/tracking/server/spans.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { allMet, moveTo } from "../promote.js";
import { answerTask, type EvidenceAnswers, type EvidenceMessage, type EvidenceOutcome, type EvidenceTask } from "./evidence-tasks.js";

/** One may be at a large comparison while the other answers small ones. */
const MOST_THREADS = 2;

/** What the measurements in a store of this machine prove, told in threads. */
export class LocalEvidence implements StoreEvidence {
  private readonly store: TrackingBackend;
  private readonly uri: string;
  private readonly threads = new IdleThreads<EvidenceMessage, EvidenceOutcome>({
    ...{ from: import.meta.url, worker: "./evidence-worker.js", most: MOST_THREADS },
    here: ({ task }) => answerTask(this.store, task),
  });

  /** Threads open the store by the URI again: as it is named, with a password that the store does not show. */
  constructor(store: TrackingBackend, uri = store.uri) {
    this.store = store;
    this.uri = uri;
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

  async spans(traceId: string): Promise<TraceSpans> {
    return this.ask({ kind: "spans", traceId });
  }

  /** Ends the threads and their connections. */
  async close(): Promise<void> {
    await this.threads.close();
  }

  private async ask<Task extends EvidenceTask>(task: Task): Promise<EvidenceAnswers[Task["kind"]]> {
    const { places } = this.store.artifacts;
    const outcome = await this.threads.run({ uri: this.uri, places, task });
    if ("answer" in outcome) return outcome.answer as EvidenceAnswers[Task["kind"]];
    const { code, message, hint } = outcome.refused;
    throw new MlflowError(code, hint === undefined ? message : `${message} ${hint}`);
  }
}
