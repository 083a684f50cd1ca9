import { existsSync } from "node:fs";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { checkOutputs } from "../output/output-files.js";
import { withProgress } from "./progress.js";

const MB = 1e6;

/** Throws INVALID_ARGUMENT for a model file that could not be written, or that is there already. */
export function checkModelOutput(out: string, force: boolean): void {
  checkOutputs([out]);
  if (!existsSync(out) || force) return;
  throw new LlmopsError("INVALID_ARGUMENT", `${out} is there already.`, { hint: "Name another file, or replace it with --force." });
}

/** Does work that says how many bytes it went through, with a bar in megabytes; without a total it only counts. */
export function withByteProgress<T>(totalBytes: number | undefined, work: (onBytes: (bytes: number) => void) => Promise<T>): Promise<T> {
  let read = 0;
  return withProgress(totalBytes === undefined ? undefined : Math.ceil(totalBytes / MB), "MB", (tick) =>
    work((bytes) => {
      const before = Math.floor(read / MB);
      read += bytes;
      for (let i = before; i < Math.floor(read / MB); i++) tick();
    }),
  );
}
