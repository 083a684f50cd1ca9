import type { LlamaEmbeddingContext } from "node-llama-cpp";
import { otherVersion } from "./addon-context.js";

interface LibraryThreads {
  _idealThreads?: number;
  _freeReservedThreads?: () => void;
}

/**
 * The compute threads of the next evaluations in one of the library's own contexts for embeddings, which takes its threads from a pool of
 * all contexts each time it evaluates. Throws MODEL_LOAD_FAILED when the installed node-llama-cpp has other internals.
 */
export function setContextThreads(context: LlamaEmbeddingContext, threads: number): void {
  const inner = (context as unknown as { _llamaContext?: LibraryThreads })._llamaContext;
  if (typeof inner?._idealThreads !== "number" || !inner._freeReservedThreads) throw otherVersion(["threads of an embedding context"]);
  if (inner._idealThreads === threads) return;
  inner._idealThreads = threads;
  inner._freeReservedThreads();
}
