import { counted } from "../base/errors/counted.js";
import type { LevelResult } from "../operations/load/level-result.js";
import type { BenchResult } from "./bench-table.js";

/** A load test in a sentence: what it found, or which objectives are missed, or where it answered fastest; null where it measured nothing. */
export function describeBench({ levels, highest_rate: rate, errors }: BenchResult, { searched }: { searched: boolean }): string | null {
  const answered = levels.filter(({ requests }) => requests.done > requests.failed);
  if (answered.length === 0) return errors[0] ?? null;
  if (searched) {
    return rate === null
      ? "No rate meets the objectives."
      : `The highest rate that meets the objectives is about ${counted(rate, "request")} a second.`;
  }
  const missed = levels.filter(({ slos }) => slos.some(({ met }) => !met));
  if (missed.length > 0) return `Objectives are missed at ${missed.map(nameOfLevel).join(", ")}.`;
  const most = answered.reduce((best, level) => (level.completion_tokens_per_second > best.completion_tokens_per_second ? level : best));
  const rateText = `${most.completion_tokens_per_second.toFixed(0)} tokens/s at ${nameOfLevel(most)}`;
  const objectives = levels.some(({ slos }) => slos.length > 0) ? "All objectives are met; at most " : "At most ";
  const { p50 } = most.ttft_ms;
  return `${objectives}${rateText}${p50 === null ? "" : `, with a first token after ${p50.toFixed(p50 < 10 ? 1 : 0)} ms (median)`}.`;
}

/** Why a load test has failed: no request was answered; undefined where one was. */
export function benchFailure({ levels, errors, status }: BenchResult): string | undefined {
  const isAnswered = levels.some(({ requests }) => requests.done > requests.failed);
  if (status === "interrupted" || isAnswered || levels.every(({ requests }) => requests.done === 0)) return undefined;
  return errors.length > 0 ? errors.join(" ") : "No request was answered.";
}

/** A level in words, such as "concurrency 4" or "5 requests/s". */
export function nameOfLevel({ load, value }: Pick<LevelResult, "load" | "value">): string {
  return load === "rate" ? `${value} requests/s` : `concurrency ${value}`;
}
