import { counted } from "../base/errors/counted.js";
import type { JudgementForecast } from "../experiments/evaluation/forecast-judgement.js";
import { duration } from "./forecast-table.js";

/** The forecast of a judgement in words. */
export function renderJudgementForecast(forecast: JudgementForecast): string {
  const count = (value: number) => value.toLocaleString("en");
  const { rows, answers, criteria, calls, judge, method, prompt_tokens: tokens, seconds, tried } = forecast;
  return [
    `${count(rows)} rows by ${criteria.join(", ")}: ${count(calls)} calls of ${judge} (${method}).`,
    ...(answers > 0 ? [`${count(answers)} answers have to be generated first.`] : []),
    ...(tokens === null ? [] : [`${count(tokens)} prompt tokens; parts that prompts share are evaluated once.`]),
    `About ${duration(seconds)}, by ${counted(tried, "row")} tried now.`,
  ].join("\n");
}
