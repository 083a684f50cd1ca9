import { useQueries } from "@tanstack/react-query";
import { queryAnswers, type AnswerRow, type AnswersQuery } from "../../api/answers.js";

/** Rows are asked for in windows of this many. */
export const WINDOW = 20;

/** Gives the rows from `first` to `last`; undefined while one is on its way. */
export function useAnswerRows(
  query: AnswersQuery,
  [first, last]: readonly [number, number],
  total: number,
): (index: number) => AnswerRow | undefined {
  const offsets: number[] = [];
  for (let offset = Math.floor(first / WINDOW) * WINDOW; offset <= last && offset < total; offset += WINDOW) offsets.push(offset);
  const windows = useQueries({
    queries: offsets.map((offset) => ({
      queryKey: ["answers", query, offset],
      queryFn: ({ signal }: { signal: AbortSignal }) => queryAnswers(query, offset, WINDOW, signal),
    })),
  });
  return (index) => {
    const found = windows[offsets.indexOf(Math.floor(index / WINDOW) * WINDOW)]?.data;
    return found?.rows[index - found.offset];
  };
}
