import vm from "node:vm";
import { LlmopsError, systemCodeOf } from "../../base/errors/llmops-error.js";

/** An expression that goes back over an answer again and again may take years; nothing else runs meanwhile. */
const MOST_MS = 1000;
const SHOWN = 60;

const context = vm.createContext(Object.create(null) as { pattern?: RegExp; text?: string });
const script = new vm.Script("pattern.test(text)");

/** Whether a regular expression of a user's or of a dataset matches a text. Throws SCORER_FAILED where that takes longer than a second. */
export function matchesPattern(pattern: RegExp, text: string): boolean {
  Object.assign(context, { pattern, text });
  try {
    return script.runInContext(context, { timeout: MOST_MS }) as boolean;
  } catch (cause) {
    if (systemCodeOf(cause) !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw cause;
    const source = pattern.source.length > SHOWN ? `${pattern.source.slice(0, SHOWN - 1)}…` : pattern.source;
    throw new LlmopsError("SCORER_FAILED", `the expression ${source} takes longer than ${MOST_MS / 1000} s on this answer`, {
      hint: "Avoid nested repeats, such as (a+)+.",
      cause,
    });
  }
}
