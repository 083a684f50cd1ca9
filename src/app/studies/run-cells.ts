import type { CellTask } from "../../lib/experiments/study/cell-executor.js";
import { joinJournal } from "../../lib/experiments/study/study-journal.js";
import type { Host } from "../host/host.js";
import { studyFolder } from "./study-folders.js";
import { withStudyExecutor } from "./study-executor.js";
import type { StudyWork } from "./study-work.js";

/**
 * Runs cells of a study that another process began, and writes each into the study's journal as it finishes, beside what others write.
 * Resuming the study takes them over. Gives how many ended; fewer than there are where the host's signal aborts. Throws
 * STUDY_NOT_FOUND, STORE_UNWRITABLE, STUDY_CHANGED, and what opening a model or a judge throws.
 */
export async function runStudyCells(work: StudyWork, study: string, bundles: Iterable<readonly CellTask[]>, host: Host): Promise<number> {
  const journal = joinJournal(studyFolder(), study);
  try {
    return await withStudyExecutor(work, host, async ({ executor }) => {
      let ended = 0;
      for await (const cell of executor.execute(bundles, host.signal)) {
        journal.append(cell);
        ended++;
      }
      return ended;
    });
  } finally {
    journal.close();
  }
}
