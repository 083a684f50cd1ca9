import { z } from "zod";
import { detectableDifference } from "../../base/stats/power.js";
import { orderCells } from "./cell-order.js";
import { toRequest } from "./run-cell.js";
import { countCells, type StudyPlan } from "./study.js";
import type { ChatRequest } from "../../inference/openai/completion.js";

/** Of a score of rights and wrongs that differ in one sample of four: a cautious guess before there is data. */
const ASSUMED_DEVIATION = 0.5;

export const studyForecastSchema = z.object({
  settings: z.number(),
  samples: z.number(),
  calls: z.number(),
  promptTokens: z.number().optional().describe("Undefined where nobody here can count them."),
  mostCompletionTokens: z.number().optional().describe("At most: every completion as long as allowed. Undefined without a limit."),
  seconds: z.number().optional().describe("From cells tried now; undefined without a trial."),
  detectable: z
    .number()
    .describe("The smallest difference of two settings that is found four times out of five, at the deviation assumed."),
  assumedDeviation: z.number(),
});

/** What a study would cost and could tell. */
export type StudyForecast = z.infer<typeof studyForecastSchema>;

/** Adds up a plan. `countTokens` counts a request's prompt, `secondsPerCell` was measured. */
export function forecastStudy(
  plan: StudyPlan,
  { countTokens, secondsPerCell }: { countTokens?: ((request: ChatRequest) => number) | undefined; secondsPerCell?: number | undefined },
): StudyForecast {
  const calls = countCells(plan);
  const everySample = plan.dataset.samples.map((_, sample) => sample);
  const everySetting = plan.settings.map((_, setting) => setting);
  let promptTokens = 0;
  let most: number | undefined = 0;
  for (const cell of orderCells(plan, everySample, everySetting)) {
    if (!countTokens && most === undefined) break;
    const request = toRequest(plan, cell);
    promptTokens += countTokens?.(request) ?? 0;
    most = request.maxTokens === undefined || most === undefined ? undefined : most + request.maxTokens;
  }
  return {
    settings: plan.settings.length,
    samples: plan.dataset.samples.length,
    calls,
    promptTokens: countTokens ? promptTokens : undefined,
    mostCompletionTokens: most,
    seconds: secondsPerCell === undefined ? undefined : secondsPerCell * calls,
    detectable: detectableDifference(plan.dataset.samples.length, ASSUMED_DEVIATION),
    assumedDeviation: ASSUMED_DEVIATION,
  };
}
