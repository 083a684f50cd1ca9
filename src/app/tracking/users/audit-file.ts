import { LlmopsError, messageOf } from "../../../lib/base/errors/llmops-error.js";
import { appendWholeTo } from "../../../lib/base/files/append-whole.js";
import { PRIVATE } from "../../../lib/base/files/write-whole.js";
import type { AuditEntry } from "../../../lib/tracking/server/access/audit.js";

/**
 * Writes a line for each change. The file is opened for each: one that is moved away is made again. What cannot be written is said in the
 * server's log; a file that cannot be written at all throws STORE_UNWRITABLE before there is a change.
 */
export function auditTo(path: string, log: (message: string) => void): (entry: AuditEntry) => void {
  const write = (entry: object) => appendWholeTo(path, `${JSON.stringify(entry)}\n`, { mode: PRIVATE.mode });
  try {
    appendWholeTo(path, "", { mode: PRIVATE.mode });
  } catch (error) {
    throw new LlmopsError("STORE_UNWRITABLE", `The audit log ${path} cannot be written: ${messageOf(error)}.`);
  }
  return (entry) => {
    try {
      write(entry);
    } catch (error) {
      log(`The audit log ${path} cannot be written: ${messageOf(error)}. It lacks: ${JSON.stringify(entry)}`);
    }
  };
}
