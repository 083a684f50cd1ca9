import { z } from "zod";
import { errorCodeSchema } from "../../base/errors/error-code-schema.js";
import type { ErrorCode } from "../../base/errors/codes.js";
import { withoutFullStop } from "../../base/errors/text-ends.js";

export const cellErrorSchema = z.object({
  code: errorCodeSchema,
  message: z.string().describe("The words of the first of them."),
  cells: z.number(),
});

/** A reason why cells have no score, and how many cells it cost. */
export type CellError = z.infer<typeof cellErrorSchema>;

/** Reasons kept apart; further ones are counted with the first of their code. */
const MOST_REASONS = 20;

/** Counts why cells failed, were filtered, or could not be scored. */
export class ErrorTally {
  private readonly byReason = new Map<string, CellError>();

  /** Counts one cell. `reason` is what tells reasons apart, where messages differ from cell to cell. */
  add({ code, message }: { code: ErrorCode; message: string }, reason = message): void {
    const key = `${code} ${reason}`;
    const known = this.byReason.get(key) ?? (this.byReason.size < MOST_REASONS ? undefined : this.firstOf(code));
    if (known) known.cells++;
    else this.byReason.set(key, { code, message, cells: 1 });
  }

  /** What was counted, the most frequent first, of equals the earlier. */
  list(): CellError[] {
    return [...this.byReason.values()].sort((a, b) => b.cells - a.cells);
  }

  private firstOf(code: ErrorCode): CellError | undefined {
    return [...this.byReason.values()].find((known) => known.code === code);
  }
}

/** The commonest reason in words: "ENDPOINT_ERROR: busy (97 cells)". */
export function describeErrors([first, ...others]: readonly CellError[]): string {
  if (!first) return "unknown reason";
  const more = others.length === 0 ? "" : `; and ${others.length} other ${others.length === 1 ? "reason" : "reasons"}`;
  return `${first.code}: ${withoutFullStop(first.message)} (${first.cells} ${first.cells === 1 ? "cell" : "cells"})${more}`;
}
