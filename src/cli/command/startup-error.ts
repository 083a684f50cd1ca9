import { toLlmopsError } from "../../lib/base/errors/llmops-error.js";
import { jsonLine, visibleText } from "../../lib/report/visible-text.js";

const FEW_FILES = 1024;

/**
 * Tells of what the system refused while a command was loaded, as the command itself would: one document where --json asks for it, text
 * otherwise. False for other errors. Imports as good as nothing, and before all else: it may be files that cannot be opened.
 * For that it prints by itself, with what makes texts safe.
 */
export function reportStartupError(thrown: unknown): boolean {
  const { code, message, hint = null, exitCode } = toLlmopsError(causeOf(thrown));
  if (code !== "SYSTEM_REFUSED" && code !== "OUT_OF_MEMORY") return false;
  process.exitCode = exitCode;
  if (process.argv.includes("--json"))
    console.log(jsonLine(JSON.stringify({ schema: "llmops.error/1", error: { code, message, hint } }, null, 2)));
  else console.error(visibleText(`Error [${code}] ${message}${hint === null ? "" : `\nHint: ${hint}`}`));
  return true;
}

/** Where few files may be open, a package is "not found" because its files cannot be opened. */
function causeOf(thrown: unknown): unknown {
  if (!/MODULE_NOT_FOUND/.test(String((thrown as Error | undefined)?.message))) return thrown;
  const report = process.report.getReport() as unknown as { userLimits?: { open_files?: { soft?: number | string } } };
  const most = Number(report.userLimits?.open_files?.soft);
  return most < FEW_FILES ? Object.assign(new Error(`EMFILE: more than ${most} open files are needed`), { code: "EMFILE" }) : thrown;
}
