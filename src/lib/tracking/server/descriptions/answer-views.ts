import { z } from "zod";
import { nothing } from "./answers.js";
import { MISSING, type ApiDescriptions } from "./description.js";
import { optionalText, text } from "./fields.js";

const count = z.number().int();
const runs = { runs: z.array(z.string()).describe("At most 100 runs.") };
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const answer = z.object({
  repeat: count,
  text: z.string().nullable().describe("Long ones are cut, the more of them there are, the shorter."),
  thoughts: z.string().nullable(),
  problem: z.string().nullable().describe("Why it, or its score, is missing."),
  finish_reason: z.string().nullable(),
  scores: z.record(z.string(), z.number()),
  reasons: z.record(z.string(), z.string()).describe("What judges said, by score."),
  rating: z.object({ value, comment: z.string().nullable(), trace_id: z.string() }).nullable(),
});

/** Answers of runs row by row, as the web application shows them: an API of llmops, beside MLflow's. */
export const ANSWER_DESCRIPTIONS: ApiDescriptions = {
  "POST llmops/1/answers/query": {
    summary: "Read answers of runs beside each other, row by row, from the tables that evaluations record",
    fields: z.object({
      ...runs,
      score: optionalText("The score that rows are filtered by; the one that decides in the first run's study when absent."),
      show: z
        .enum(["all", "flips", "differ", "failed", "rated"])
        .optional()
        .describe(
          "flips: the score passes in one run and fails in another. differ: answers are not the same. failed: an answer or its score is missing.",
        ),
      min: z.number().optional().describe("Some run's score is at least so high."),
      max: z.number().optional().describe("Some run's score is at most so high."),
      topic: optionalText("The topic of the rows."),
      words: optionalText("Words, each to be found in the question, the right answer, or an answer, in any case."),
      offset: count.optional().describe("The place of the first row; 0 when absent."),
      limit: count.optional().describe("At most so many rows, up to 50; 20 when absent."),
    }),
    answer: z.object({
      runs: z.array(
        z.object({
          run_id: z.string(),
          rows: count,
          mean: z.number().nullable().describe("Of the score."),
          has_table: z.boolean().describe("False where the run recorded no answers."),
        }),
      ),
      scores: z.array(z.string()),
      score: z.string().nullable(),
      topics: z.array(z.object({ topic: z.string(), rows: count })).describe("The 100 most frequent."),
      total: count,
      matching: count,
      counts: z.object({ all: count, flips: count, differ: count, failed: count, rated: count }),
      scales: z.object({ pass: count, levels: count }).describe("How many ratings of all rows are pass or fail, and how many are levels."),
      offset: count,
      rows: z.array(
        z.object({
          id: z.string(),
          question: z.string(),
          reference: z.string().nullable(),
          topic: z.string().nullable(),
          cells: z.array(z.array(answer)).describe("In order of the runs: the answers of each, by repeat."),
        }),
      ),
    }),
    errors: MISSING,
  },
  "POST llmops/1/answers/rate": {
    summary: "Keep what a person says of an answer, as an assessment of its trace, which is made where there is none",
    fields: z.object({
      run_id: text("The run."),
      row_id: text("The row's id."),
      repeat: count.optional().describe("Which of the run's answers to the row; 0 when absent."),
      value: value.optional().describe("The rating; without it and a comment the rating is taken back."),
      comment: optionalText("Why."),
      rater: optionalText("Who rates; web when absent."),
    }),
    answer: nothing,
    errors: MISSING,
  },
  "POST llmops/1/answers/labels": {
    summary: "Read the rated answers of runs as `llmops judge calibrate --labels` takes them",
    fields: z.object(runs),
    answer: z.object({
      labels: z.array(
        z.object({
          id: z.string(),
          question: z.string(),
          answer: z.string(),
          reference: z.string().nullable(),
          label: z.union([z.string(), z.number()]).describe("A level, or pass or fail."),
          comment: z.string().nullable(),
          run_id: z.string(),
        }),
      ),
    }),
    errors: MISSING,
  },
};
