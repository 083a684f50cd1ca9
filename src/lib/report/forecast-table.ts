import { z } from "zod";
import { studyForecastSchema } from "../experiments/study/dry-run.js";
import { nounFor } from "../base/errors/counted.js";

export const forecastDocumentSchema = studyForecastSchema.extend({
  schema: z.literal("llmops.plan/1"),
  model: z.string(),
  tried: z.number().describe("Cells that were asked to measure the time."),
});

/** What `--dry-run` prints with --json. */
export type ForecastDocument = z.infer<typeof forecastDocumentSchema>;

/** A forecast in words. */
export function renderForecast(forecast: ForecastDocument): string {
  const { settings, samples, calls, promptTokens, mostCompletionTokens, seconds, detectable, assumedDeviation, tried, model } = forecast;
  const count = (value: number) => value.toLocaleString("en");
  const lines = [
    `${count(calls)} ${nounFor(calls, "completion")} of ${model}: ${count(settings)} ${nounFor(settings, "setting")}, ${count(samples)} ${nounFor(samples, "sample")}.`,
    promptTokens === undefined
      ? "Prompt tokens: only the endpoint can count them."
      : `${count(promptTokens)} prompt tokens; those of repeats are evaluated once.`,
    ...(mostCompletionTokens === undefined ? [] : [`At most ${count(mostCompletionTokens)} completion tokens.`]),
    ...(seconds === undefined ? [] : [`About ${duration(seconds)}, by ${tried} completions tried now.`]),
    `Can distinguish settings that differ by ${detectable.toFixed(3)} in a right-or-wrong score (80 % power, 5 %, deviation of differences ${assumedDeviation}).`,
  ];
  return lines.join("\n");
}

/** A time as people say it. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${(seconds / 60).toFixed(1)} minutes` : `${(seconds / 3600).toFixed(1)} hours`;
}
