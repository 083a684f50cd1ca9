import { IdleThreads, isOutOfMemory } from "../../base/slices/idle-threads.js";
import { invalid } from "../mlflow-error.js";
import type { TablePage, TableQuery } from "./table.js";
import { TableReader, type TableOutcome, type TableTask } from "./table-reader.js";

const MOST_HEAP_MB = 2048;

/** Tables in artifact files, read and searched in a thread with a memory of its own: whatever a file holds, the server answers. */
export class ArtifactTables {
  private readonly reader = new TableReader();
  private readonly threads = new IdleThreads<TableTask, TableOutcome>({
    ...{ from: import.meta.url, worker: "./table-worker.js", most: 1, megabytes: MOST_HEAP_MB },
    here: (task) => this.reader.answer(task),
  });

  /** A part of the table in a file. Throws INVALID_PARAMETER_VALUE for what is not a table, or a wrong query. */
  async query(path: string, query: TableQuery): Promise<TablePage> {
    const outcome = await this.threads.run({ path, query }).catch(refuseTooLarge);
    if ("page" in outcome) return outcome.page;
    throw invalid(outcome.refused);
  }

  /** Ends the thread, and what it kept. */
  async close(): Promise<void> {
    await this.threads.close();
  }
}

function refuseTooLarge(error: unknown): TableOutcome {
  if (!isOutOfMemory(error)) throw error;
  return { refused: "The file is too large to be shown as a table. Download it to open it." };
}
