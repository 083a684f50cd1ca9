import type { Answer, AnswersWindow } from "./answers.js";

/** A window of answers as the application gets it, from its server or from the file it is in. */
export function windowToWire({ runs, rows, score, ...window }: AnswersWindow, offset: number): object {
  return {
    ...{ ...window, score: score ?? null, offset },
    runs: runs.map(({ runId, hasTable, ...run }) => ({ run_id: runId, has_table: hasTable, ...run })),
    rows: rows.map(({ cells, ...row }) => ({ ...row, cells: cells.map((cell) => cell.map(answerToWire)) })),
  };
}

function answerToWire({ finishReason, rating, ...answer }: Answer): object {
  const kept = rating && { value: rating.value, comment: rating.comment, trace_id: rating.traceId };
  return { ...answer, finish_reason: finishReason, rating: kept };
}
