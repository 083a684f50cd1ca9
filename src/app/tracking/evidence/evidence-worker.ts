import { openBackend } from "../../../lib/tracking/open-backend.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";
import { answerTask, type EvidenceMessage, type EvidenceOutcome } from "./evidence-tasks.js";

let store: Promise<TrackingBackend> | undefined;

/** Answers a question in a thread of its own, over a connection of its own. */
export default async function answer({ uri, places, task }: EvidenceMessage): Promise<EvidenceOutcome> {
  store ??= openBackend(uri, { create: false, places });
  return answerTask(await store, task);
}
