import { openLocalStore } from "../../../lib/tracking/open-local-store.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { answerTask, type EvidenceMessage, type EvidenceOutcome } from "./evidence-tasks.js";

let store: TrackingBackend | undefined;

/** Answers a question in a thread of its own, over a connection of its own. */
export default function answer({ uri, places, task }: EvidenceMessage): Promise<EvidenceOutcome> {
  store ??= openLocalStore(uri, { create: false, places });
  return answerTask(store, task);
}
