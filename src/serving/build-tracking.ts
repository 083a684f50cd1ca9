import { currentUser } from "../lib/config/environment.js";
import { LlmopsError } from "../lib/errors/llmops-error.js";
import { RequestTracking, type TrackingPolicy } from "../lib/server/request-tracking.js";
import type { MlflowSwitch } from "../lib/server/experiments.js";
import { openStore } from "../lib/tracking/open-store.js";
import { Tracker } from "../lib/tracking/tracker.js";
import type { TrackingStore } from "../lib/tracking/tracking-store.js";
import { beforeCrash } from "../process-guard.js";
import { journalFolder } from "../store-flags.js";

const END_DEADLINE_MS = 10_000;
const FAILING_DEADLINE_MS = 500;

/** Reads off, flagged, all, sample:SHARE; undefined for off. Throws INVALID_ARGUMENT. */
export function parseTrackingPolicy(text: string): TrackingPolicy | undefined {
  if (text === "off") return undefined;
  if (text === "flagged" || text === "all") return { kind: text };
  const share = Number(/^sample:(0?\.\d+|0|1)$/.exec(text)?.[1] ?? Number.NaN);
  if (Number.isFinite(share)) return { kind: "sample", share };
  throw new LlmopsError("INVALID_ARGUMENT", `--track is "${text}".`, { hint: "Write off, flagged, all, or sample:0.1." });
}

/** The MLflow store requests are recorded in; another one can take its place while the server runs. */
export class TrackingSeat {
  private readonly policy: TrackingPolicy;
  private readonly note: (message: string) => void;
  private readonly isBusy: () => boolean;
  private current:
    { tracking: RequestTracking; tracker: Tracker; store: TrackingStore; uri: string; experiment: string; forget: () => void } | undefined;

  constructor(policy: TrackingPolicy, { note, isBusy }: { note: (message: string) => void; isBusy: () => boolean }) {
    this.policy = policy;
    this.isBusy = isBusy;
    this.note = note;
  }

  async open(uri: string, experiment: string): Promise<RequestTracking> {
    const store = await openStore(uri, { create: true });
    const onProblem = ({ message }: Error) => this.note(`MLflow: ${message}`);
    const tracker = new Tracker(store, { folder: journalFolder(), onProblem, isBusy: this.isBusy });
    const tracking = new RequestTracking({ tracker, store, experiment, policy: this.policy, user: currentUser() });
    const forget = beforeCrash({
      seal: (status) => tracker.seal(status),
      send: () => tracker.flush({ deadlineMs: FAILING_DEADLINE_MS }),
    });
    this.current = { tracking, tracker, store, uri, experiment, forget };
    return tracking;
  }

  /** For POST /mlflow-config: the other store has to answer before the first is let go. */
  get change(): MlflowSwitch {
    return async ({ uri, experiment }) => {
      const before = this.current;
      const next = { uri: uri ?? before?.uri ?? ".", experiment: experiment ?? before?.experiment ?? "serve" };
      const probe = await openStore(next.uri, { create: true });
      try {
        await probe.searchExperiments({ maxResults: 1, viewType: "ACTIVE_ONLY" });
      } finally {
        await probe.close();
      }
      const tracking = await this.open(next.uri, next.experiment);
      if (before) void this.release(before);
      return tracking;
    };
  }

  /** Sends what is left and closes. */
  async close(): Promise<void> {
    if (this.current) await this.release(this.current);
    this.current = undefined;
  }

  private async release({ tracker, store, forget }: { tracker: Tracker; store: TrackingStore; forget: () => void }): Promise<void> {
    forget();
    const backlog = await tracker.close({ deadlineMs: tracker.isFailing ? FAILING_DEADLINE_MS : END_DEADLINE_MS });
    if (backlog) this.note(`MLflow: ${backlog.entries} entries are not in ${store.uri} yet; send them with \`llmops mlflow sync\`.`);
    await store.close();
  }
}
