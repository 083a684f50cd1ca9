import { rename, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { LlmopsError, systemCodeOf } from "../../base/errors/llmops-error.js";
import { DRAFT_TAG, newDraftTag, removeLeftDrafts } from "../../base/files/left-drafts.js";
import { makeFolder } from "../../base/files/make-folder.js";
import { openModelFile, type ModelFile } from "../models/model-file.js";

const DRAFT_NAME = new RegExp(`\\.gguf\\.${DRAFT_TAG}$`);

/** The file of that name, made where it is not there, or not whole. Processes that make it at the same time do not disturb each other. */
export async function makeOnce(target: string, make: (out: string) => Promise<unknown>): Promise<ModelFile> {
  const kept = await openModelFile(target).catch(() => undefined);
  if (kept) return kept;
  removeLeftDrafts(dirname(target), DRAFT_NAME);
  const draft = `${target}.${newDraftTag()}`;
  try {
    makeFolder(dirname(target));
    await make(draft);
    await rename(draft, target);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw notKept(target, cause);
  }
  return openModelFile(target);
}

/** What the system says about the cache's folder, with what to do; anything else as it is. */
function notKept(target: string, cause: unknown): unknown {
  const code = systemCodeOf(cause instanceof LlmopsError ? cause.cause : cause);
  if (code === undefined) return cause;
  const what = code === "ENOSPC" ? "The disk of the model cache is full" : `The model cache cannot be written to (${code})`;
  return new LlmopsError("STORE_UNWRITABLE", `${what}: ${dirname(target)}. Nothing of ${basename(target)} was left behind.`, {
    hint: "Free some space (llmops models list, llmops models rm), or set LLMOPS_CACHE_DIR to another folder.",
    cause,
  });
}
