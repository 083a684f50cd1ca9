import { LlmopsError } from "../../base/errors/llmops-error.js";
import { IdleThreads, isOutOfMemory } from "../../base/slices/idle-threads.js";
import { makeGrammar, toError, type GrammarOutcome, type GrammarResults, type GrammarTask } from "./make-grammar.js";

/** Memory of its JavaScript objects; a schema that takes more is refused. */
const MOST_MEGABYTES = 512;

/**
 * Makes grammars in a thread of its own, one after another: large schemas take more than a second, in which requests would wait for the
 * event loop. The thread starts with the first task, and keeps no process from ending.
 */
export class GrammarThread {
  private readonly threads = new IdleThreads<GrammarTask, GrammarOutcome>({
    ...{ from: import.meta.url, worker: "./grammar-worker.js", most: 1, megabytes: MOST_MEGABYTES },
    here: makeGrammar,
  });

  /** The result of a task. Throws what making it throws, and INVALID_ARGUMENT where it takes too much memory. */
  async make<Task extends GrammarTask>(task: Task): Promise<GrammarResults[Task["kind"]]> {
    const outcome = await this.threads.run(task).catch(refuseTooLarge);
    if ("refused" in outcome) throw toError(outcome.refused);
    return outcome.made as GrammarResults[Task["kind"]];
  }
}

function refuseTooLarge(cause: unknown): never {
  if (!isOutOfMemory(cause)) throw cause;
  throw new LlmopsError("INVALID_ARGUMENT", `Making the grammar of this request takes more than ${MOST_MEGABYTES} MB.`, {
    hint: "Use smaller lists, counts, and patterns.",
    cause,
  });
}
