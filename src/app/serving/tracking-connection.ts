import { currentUser } from "../../lib/base/config/environment.js";
import { counted } from "../../lib/base/errors/counted.js";
import { didYouMean } from "../../lib/base/errors/nearest.js";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import type { Settings } from "../../lib/base/config/settings.js";
import { RequestTracking, type TrackingPolicy } from "../../lib/serving/server/request-tracking.js";
import type { MlflowSwitch } from "../../lib/serving/server/experiments.js";
import { AllowedStores } from "../../lib/tracking/allowed-stores.js";
import { openStore, openStorePatiently, type StoreToOpen } from "../../lib/tracking/open-store.js";
import { Tracker } from "../../lib/tracking/tracker.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { beforeCrash } from "../host/last-work.js";
import { describeProblem, journalFolder } from "../tracking/with-store.js";

const END_DEADLINE_MS = 10_000;
const FAILING_DEADLINE_MS = 500;
/** Between two attempts to find a place for the journal. */
const RETRY_MS = 10_000;

/** Reads off, flagged, all, sample:SHARE; undefined for off. Throws INVALID_ARGUMENT. */
export function parseTrackingPolicy(text: string): TrackingPolicy | undefined {
  if (text === "off") return undefined;
  if (text === "flagged" || text === "all") return { kind: text };
  const share = Number(/^sample:(0?\.\d+|0|1)$/.exec(text)?.[1] ?? Number.NaN);
  if (Number.isFinite(share)) return { kind: "sample", share };
  throw new LlmopsError("INVALID_ARGUMENT", `--track does not accept "${text}".`, {
    hint: `${didYouMean(text, ["off", "flagged", "all", "sample:0.1"])}Write off, flagged, all, or sample:0.1.`,
  });
}

/** The stores requests may change to. Throws CONFIG_INVALID. */
export function allowedStores(settings: Settings): AllowedStores {
  return new AllowedStores({ configured: settings["tracking.uri"], listed: settings["tracking.allowed_uris"] });
}

interface ConnectionOptions {
  note: (message: string) => void;
  isBusy: () => boolean;
  stores: AllowedStores;
  retryMs?: number;
}

/** The MLflow store requests are recorded in; another one can take its place while the server runs. */
export class TrackingConnection {
  private readonly policy: TrackingPolicy;
  private readonly note: (message: string) => void;
  private readonly isBusy: () => boolean;
  private readonly stores: AllowedStores;
  private current:
    | { tracking: RequestTracking; tracker: Tracker; store: TrackingStore; named: StoreToOpen; experiment: string; forget: () => void }
    | undefined;
  /** What could not be opened when the server started. */
  private wanted: { named: StoreToOpen; experiment: string } | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isClosed = false;
  private readonly retryMs: number;

  constructor(policy: TrackingPolicy, { note, isBusy, stores, retryMs = RETRY_MS }: ConnectionOptions) {
    this.retryMs = retryMs;
    this.policy = policy;
    this.isBusy = isBusy;
    this.note = note;
    this.stores = stores;
  }

  /** Records in this store from now on; one that is away gets later what is recorded meanwhile. Throws INVALID_ARGUMENT, and STORE_UNWRITABLE where nothing can be kept for it. */
  async open(named: StoreToOpen, experiment: string): Promise<RequestTracking> {
    const onProblem = (error: LlmopsError) => this.note(describeProblem(error));
    const store = await openStorePatiently(named, onProblem);
    const tracker = new Tracker(store, { folder: journalFolder(), onProblem, isBusy: this.isBusy });
    const tracking = new RequestTracking({ tracker, store, experiment, policy: this.policy, user: currentUser() });
    const forget = beforeCrash({
      seal: (status) => tracker.seal(status),
      send: () => tracker.flush({ deadlineMs: FAILING_DEADLINE_MS }),
    });
    const before = this.current;
    this.current = { tracking, tracker, store, named, experiment, forget };
    if (before) void this.release(before); // here, so that of several changes at once each lets go of what it replaces
    return tracking;
  }

  /**
   * The same for a server that starts: without a place for the journal it serves, says that it records nothing, and tries again until there
   * is one. `onOpen` gets what records.
   */
  async openOrNote(named: StoreToOpen, experiment: string, onOpen: (tracking: RequestTracking) => void): Promise<void> {
    const error = await this.tryOpen(named, experiment, onOpen);
    if (!error) return;
    this.wanted = { named, experiment };
    this.note(`MLflow: requests are not recorded. ${error.message}${error.hint === undefined ? "" : ` ${error.hint}`}`);
    const again = async () => {
      if (this.current || this.isClosed) return;
      const failed = await this.tryOpen(named, experiment, onOpen).catch((thrown: unknown) => thrown);
      if (failed) this.retry = setTimeout(() => void again(), this.retryMs).unref();
      else if (this.isClosed) await this.close();
      else this.note("MLflow: requests are recorded from now on.");
    };
    this.retry = setTimeout(() => void again(), this.retryMs).unref();
  }

  /** What keeps the journal from being written, if anything. */
  private async tryOpen(
    named: StoreToOpen,
    experiment: string,
    onOpen: (tracking: RequestTracking) => void,
  ): Promise<LlmopsError | undefined> {
    try {
      onOpen(await this.open(named, experiment));
      return undefined;
    } catch (error) {
      if (!(error instanceof LlmopsError) || error.code !== "STORE_UNWRITABLE") throw error;
      return error;
    }
  }

  /** For POST /mlflow-config: the other store has to be allowed, and to answer, before the first is let go. */
  get change(): MlflowSwitch {
    return async ({ uri, experiment }) => {
      const before = this.current ?? this.wanted;
      if (!before) throw new LlmopsError("SHUTTING_DOWN", "The server is stopping.");
      const named = uri === undefined ? before.named : this.stores.find(uri);
      await this.probe(named);
      return this.open(named, experiment ?? before.experiment);
    };
  }

  /** Throws STORE_UNREACHABLE in the same words whatever is wrong: who asks does not learn what listens where, nor what it says. */
  private async probe(named: StoreToOpen): Promise<void> {
    try {
      const store = await openStore(named, { create: true });
      try {
        await store.searchExperiments({ maxResults: 1, viewType: "ACTIVE_ONLY" });
      } finally {
        await store.close();
      }
    } catch (error) {
      this.note(`MLflow: the store was not changed: ${messageOf(error)}`);
      throw new LlmopsError("STORE_UNREACHABLE", "That store does not respond like an MLflow store, so the previous one stays in use.", {
        hint: "The server's log says what is wrong.",
      });
    }
  }

  /** Sends what is left and closes. Gives why some of it is lost, if any is. */
  async close(): Promise<LlmopsError | undefined> {
    this.isClosed = true;
    clearTimeout(this.retry);
    const loss = this.current && (await this.release(this.current));
    this.current = this.wanted = undefined;
    return loss;
  }

  private async release({ tracker, store, forget }: { tracker: Tracker; store: TrackingStore; forget: () => void }) {
    forget();
    const backlog = await tracker.close({ deadlineMs: END_DEADLINE_MS, failingMs: FAILING_DEADLINE_MS });
    const { entries = 0, lost = 0, loss } = backlog ?? {};
    if (entries > 0) this.note(`MLflow: ${entries} entries are not in ${store.uri} yet; send them with \`llmops mlflow sync\`.`);
    if (loss) this.note(`MLflow: ${lost > 0 ? `${counted(lost, "entry", "entries")} of requests are lost. ` : ""}${loss.message}`);
    await store.close();
    return loss;
  }
}
