import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { inTurn } from "../../base/slices/slices.js";
import { invalid } from "../mlflow-error.js";
import type { TablePage, TableQuery } from "./table.js";
import { TableReader, type TableOutcome, type TableTask } from "./table-reader.js";

/** The thread ends after so long without a question, and what it kept goes with it. */
const IDLE_MS = 60_000;
const MOST_HEAP_MB = 2048;
/** Sources that were not compiled have no file for a thread to run. */
const IS_COMPILED = import.meta.url.endsWith(".js");

/** Tables in artifact files, read and searched in a thread with a memory of its own: whatever a file holds, the server answers. */
export class ArtifactTables {
  private readonly reader = new TableReader();
  private pool: Tinypool | undefined;

  /** A part of the table in a file. Throws INVALID_PARAMETER_VALUE for what is not a table, or a wrong query. */
  async query(path: string, query: TableQuery): Promise<TablePage> {
    const task = { path, query };
    const outcome = IS_COMPILED ? await this.inThread(task) : await inTurn(() => this.reader.answer(task));
    if ("page" in outcome) return outcome.page;
    throw invalid(outcome.refused);
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    const pool = this.pool;
    this.pool = undefined;
    await pool?.destroy();
  }

  private async inThread(task: TableTask): Promise<TableOutcome> {
    this.pool ??= new Tinypool({
      filename: fileURLToPath(new URL("./table-worker.js", import.meta.url)),
      ...{ runtime: "worker_threads", minThreads: 0, maxThreads: 1, idleTimeout: IDLE_MS },
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    });
    try {
      return (await this.pool.run(task)) as TableOutcome;
    } catch (cause) {
      if ((cause as { code?: unknown }).code !== "ERR_WORKER_OUT_OF_MEMORY") throw cause;
      return { refused: "The file is too large to be shown as a table. Download it to open it." };
    }
  }
}
