import { z } from "zod";
import { answerDifferenceSchema, answerGroupSchema, shownAnswerSchema } from "../../lib/experiments/study/show-answers.js";

const count = z.number().int();
const listed = { shown: count, of: count };
const study = z.object({
  id: z.string(),
  command: z.string(),
  status: z.string(),
  run_id: z.string().nullable(),
  scorer: z.string(),
  metric: z.string(),
});
const head = z.object({ schema: z.literal("llmops.answers/1"), study });

const foundSchema = z.union([
  z.object({ ...listed, answers: z.array(shownAnswerSchema) }),
  z.object({ by: z.string(), groups: z.array(answerGroupSchema) }),
  z.object({
    ...listed,
    settings: z.tuple([z.string(), z.string()]),
    rows: count.describe("Rows both settings have ended."),
    same_score_other_text: count,
    differences: z.array(answerDifferenceSchema),
  }),
]);

/** What of the answers `show` found: a list, groups of rows, or differences of two settings. */
export type FoundAnswers = z.infer<typeof foundSchema>;

export const answersDocumentSchema = z.union(foundSchema.options.map((found) => head.extend(found.shape)));

export type AnswersDocument = z.infer<typeof head> & FoundAnswers;
