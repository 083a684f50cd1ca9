import { join } from "node:path";
import { stateFolder } from "../../lib/base/config/mlflow-environment.js";
import type { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { openStore } from "../../lib/tracking/open-store.js";
import type { Backlog } from "../../lib/tracking/journal/outbox.js";
import { Tracker } from "../../lib/tracking/tracker.js";
import { statusAfter } from "../../lib/tracking/tracked-run.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import { beforeCrash } from "../host/last-work.js";

const END_DEADLINE_MS = 10_000;
/** One more attempt, where the last one failed. */
const FAILING_DEADLINE_MS = 1000;

/** Where entries wait until the store has them. */
export function journalFolder(): string {
  return join(stateFolder(), "journal");
}

/** Opens the store there is for the work and closes it afterwards. */
export async function withStore<T>(uri: string, work: (store: TrackingStore) => Promise<T>, { create = false } = {}): Promise<T> {
  const store = await openStore(uri, { create });
  try {
    const result = await work(store);
    await store.confirm();
    return result;
  } finally {
    await store.close();
  }
}

/**
 * Opens the store and a tracker of it for the work. Says what could not be sent in the end. Throws STORE_UNWRITABLE where some of it is
 * lost, or is no longer in the store: only the caller's work has succeeded then.
 */
export async function withTracker<T>(
  uri: string,
  note: (text: string) => void,
  work: (tracked: { tracker: Tracker; store: TrackingStore; uri: string }) => Promise<T>,
): Promise<T> {
  return withStore(
    uri,
    async (store) => {
      const onProblem = (error: LlmopsError) => note(describeProblem(error));
      const tracker = new Tracker(store, { folder: journalFolder(), onProblem });
      const release = beforeCrash({
        seal: (status) => tracker.seal(status),
        send: () => tracker.flush({ deadlineMs: FAILING_DEADLINE_MS }),
      });
      const end = async () => {
        release();
        const backlog = await tracker.close({ deadlineMs: END_DEADLINE_MS, failingMs: FAILING_DEADLINE_MS });
        if (backlog && backlog.entries + backlog.lost > 0) note(describeBacklog(backlog, store.uri));
        return backlog?.loss;
      };
      let result: T;
      try {
        result = await work({ tracker, store, uri: store.uri });
      } catch (error) {
        tracker.seal(statusAfter(error));
        await end();
        throw error;
      }
      const loss = await end();
      if (loss) throw loss;
      return result;
    },
    { create: true },
  );
}

/** What people are told of a store that does not take what is recorded; where it refused some, also what became of that. */
export function describeProblem({ code, message, hint }: LlmopsError): string {
  return code === "STORE_CONFLICT" && hint !== undefined ? `MLflow: ${message} ${hint}` : `MLflow: ${message}`;
}

function describeBacklog({ entries, lost, path }: Backlog, uri: string): string {
  const waiting = `${entries} entries are not in ${uri} yet. Send them with \`llmops mlflow sync\`; they wait in ${path}.`;
  return lost === 0 ? waiting : `${lost} entries were lost: ${path} could not be written.${entries > 0 ? ` ${waiting}` : ""}`;
}
