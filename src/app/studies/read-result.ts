import { existsSync } from "node:fs";
import type { ScoredSource } from "../../lib/experiments/runs/sample-scores.js";
import { findScoredRun, scoredFile, scoredRun } from "../../lib/experiments/runs/scored-source.js";
import { findStudy } from "../../lib/experiments/study/study-folder.js";
import { withStore } from "../tracking/with-store.js";
import { studyFolder } from "./study-folders.js";

/** The scores of a run, a study or a file. The store is opened only where a name is not a file. Throws what reading it throws. */
export function readResult(name: string, trackingUri: string): Promise<ScoredSource> {
  const fromStore = (id: string) => withStore(trackingUri, async (store) => scoredRun(store, await findScoredRun(store, id)));
  if (existsSync(name)) return scoredFile(name, fromStore);
  return fromStore(name === "last" ? findStudy(studyFolder(), name).id : name);
}
