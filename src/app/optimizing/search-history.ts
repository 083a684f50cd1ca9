import { basename } from "node:path";
import { toKnown } from "../../lib/experiments/optimize/warm-start.js";
import { findChildren } from "../../lib/experiments/runs/find-children.js";
import type { StudyJournal } from "../../lib/experiments/study/study-journal.js";
import type { Setting } from "../../lib/experiments/study/study.js";
import type { TrackingStore } from "../../lib/tracking/tracking-store.js";
import type { Host } from "../host/host.js";
import { continueJournal, digestOf } from "../studies/study-journals.js";
import type { StudyOrigin } from "../studies/study-options.js";
import type { Question } from "./optimization-question.js";

/** What is known of a space before its search. */
export type KnownTrials = ReturnType<typeof toKnown>;

/** What earlier studies recorded of this space. Throws RUN_NOT_FOUND. */
export async function learnFrom(
  store: TrackingStore,
  { runs, question }: { runs: readonly string[]; question: Question },
  { note }: Host,
): Promise<KnownTrials> {
  const found = (await Promise.all(runs.map((name) => findChildren(store, name)))).flat();
  const known = toKnown(found, question.dimensions, question.objectives);
  if (runs.length > 0) note(`Starts with what ${known.length} of ${found.length} earlier runs say of this space.`);
  return known;
}

/** Opens journals of proofs within a study's folder, where resuming finds one as long as the same settings are to be proven. */
export function proofJournals(origin: StudyOrigin, folder: string): (settings: readonly Setting[]) => StudyJournal {
  return (settings) => continueJournal(folder, `${basename(folder)}-proof-${digestOf(settings).slice(0, 8)}`, origin);
}
