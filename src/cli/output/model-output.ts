import { existsSync } from "node:fs";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { checkOutputs } from "../../lib/base/files/output-files.js";

/** Throws INVALID_ARGUMENT for a model file that could not be written, or that is there already. */
export function checkModelOutput(out: string, force: boolean): void {
  checkOutputs([out]);
  if (!existsSync(out) || force) return;
  throw new LlmopsError("INVALID_ARGUMENT", `${out} already exists.`, { hint: "Name another file, or pass --force to replace it." });
}
