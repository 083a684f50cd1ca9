import { fileURLToPath } from "node:url";
import { Tinypool } from "tinypool";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { inTurn } from "../../base/slices/slices.js";
import { makeGrammar, toError, type GrammarOutcome, type GrammarResults, type GrammarTask } from "./make-grammar.js";

/** The thread ends after so long without a task. */
const IDLE_MS = 60_000;
/** Memory of its JavaScript objects; a schema that takes more is refused. */
const MOST_MEGABYTES = 512;
/** Sources that were not compiled have no file for a thread to run. */
const IS_COMPILED = import.meta.url.endsWith(".js");

/**
 * Makes grammars in a thread of its own, one after another: large schemas take more than a second, in which requests would wait for the
 * event loop. The thread starts with the first task, and keeps no process from ending.
 */
export class GrammarThread {
  private pool: Tinypool | undefined;

  /** The result of a task. Throws what making it throws, and INVALID_ARGUMENT where it takes too much memory. */
  async make<Task extends GrammarTask>(task: Task): Promise<GrammarResults[Task["kind"]]> {
    const outcome = IS_COMPILED ? await this.inThread(task) : await inTurn(() => makeGrammar(task));
    if ("refused" in outcome) throw toError(outcome.refused);
    return outcome.made as GrammarResults[Task["kind"]];
  }

  private async inThread(task: GrammarTask): Promise<GrammarOutcome> {
    this.pool ??= new Tinypool({
      filename: fileURLToPath(new URL("./grammar-worker.js", import.meta.url)),
      ...{ runtime: "worker_threads", minThreads: 0, maxThreads: 1, idleTimeout: IDLE_MS },
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES },
    });
    try {
      return (await this.pool.run(task)) as GrammarOutcome;
    } catch (cause) {
      if ((cause as { code?: unknown } | null)?.code !== "ERR_WORKER_OUT_OF_MEMORY") throw cause;
      throw new LlmopsError("INVALID_ARGUMENT", `Making the grammar of this request takes more than ${MOST_MEGABYTES} MB.`, {
        hint: "Ask for less at once: smaller lists, counts and patterns.",
        cause,
      });
    }
  }
}
