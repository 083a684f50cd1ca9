import { z } from "zod";
import type { AskLimits } from "../../inference/gateway/ask.js";
import type { Judge } from "../judge/judge.js";
import { gradedSample } from "../judge/judge-scorer.js";
import { scoreMessages } from "../judge/judge-prompt.js";
import type { Rubric } from "../judge/rubric.js";
import { measureCells } from "../study/measure-cells.js";
import type { StudyPlan } from "../study/study.js";
import type { TargetPool } from "../study/target-pool.js";

export const judgementForecastSchema = z.object({
  schema: z.literal("llmops.judge-plan/1"),
  judge: z.string(),
  method: z.string(),
  rows: z.number(),
  answers: z.number().describe("Rows whose answer has to be generated first."),
  criteria: z.array(z.string()),
  calls: z.number().describe("Requests to judges."),
  prompt_tokens: z
    .number()
    .nullable()
    .describe("Of the judges, where they can be counted and all answers are there; what prompts share is evaluated once."),
  seconds: z.number(),
  tried: z.number().describe("Rows that were graded to measure the time; they are not kept."),
});

/** What `judge --dry-run` prints. */
export type JudgementForecast = z.infer<typeof judgementForecastSchema>;

export interface ForecastContext {
  judges: readonly Judge[];
  rubrics: readonly Rubric[];
  limits: AskLimits;
  signal: AbortSignal;
}

/** What a judgement would cost. Grades a few rows to see how long one takes; throws the first one's error. */
export async function forecastJudgement(plan: StudyPlan, targets: TargetPool, context: ForecastContext): Promise<JudgementForecast> {
  const { judges, rubrics, limits, signal } = context;
  const measured = await measureCells(plan, targets, limits, signal);
  const { samples } = plan.dataset;
  const missing = samples.filter(({ id }) => !plan.responses?.has(id)).length;
  const [first] = judges;
  const calls = judges.reduce(
    (sum, { options }) => sum + rubrics.length * samples.length * (options.method === "votes" ? options.votes : 1),
    0,
  );
  return {
    schema: "llmops.judge-plan/1",
    judge: judges.map(({ target }) => target.model).join(", "),
    method: first?.options.method ?? "",
    rows: samples.length,
    answers: missing,
    criteria: rubrics.map(({ name }) => name),
    calls,
    prompt_tokens: missing === 0 ? countTokens(plan, judges, rubrics) : null,
    seconds: measured.secondsPerCell * samples.length,
    tried: measured.cells,
  };
}

function countTokens({ dataset, responses }: StudyPlan, judges: readonly Judge[], rubrics: readonly Rubric[]): number | null {
  let tokens = 0;
  for (const { target, options } of judges) {
    if (!target.countPromptTokens) return null;
    for (const rubric of rubrics) {
      for (const sample of dataset.samples) {
        const messages = scoreMessages(rubric, gradedSample(sample, responses?.get(sample.id) ?? ""), options);
        tokens += target.countPromptTokens({ messages });
      }
    }
  }
  return tokens;
}
