import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";

/** What a rubric may need to know of a sample. */
export const SAMPLE_FIELDS = ["question", "context", "reference", "answer"] as const;
export type SampleField = (typeof SAMPLE_FIELDS)[number];

const MOST_LEVELS = 11;
const NAME = /^[a-z][a-z0-9_-]{0,39}$/;

const text = z.string().trim().min(1);
const exampleSchema = z.strictObject({
  question: text,
  context: text.optional(),
  reference: text.optional(),
  answer: text,
  score: z.int(),
  justification: text,
});

const rubricSchema = z.strictObject({
  name: z.string().regex(NAME, "lower-case letters, digits, - and _ only"),
  title: text,
  description: text,
  requires: z.array(z.enum(SAMPLE_FIELDS)).default(["question", "answer"]),
  accepts: z.array(z.enum(SAMPLE_FIELDS)).default(["reference", "context"]),
  weight: z.number().positive().default(1),
  scale: z.record(z.string().regex(/^\d+$/, "levels are whole numbers"), text),
  examples: z.array(exampleSchema).default([]),
});

/** A graded sample that shows a judge what a score means. */
export type RubricExample = z.infer<typeof exampleSchema>;

/** What a judge grades by: a criterion, the wording of its levels, and graded examples. */
export interface Rubric extends Omit<z.infer<typeof rubricSchema>, "scale"> {
  /** Every level with its wording, lowest first; consecutive whole numbers. */
  levels: { value: number; text: string }[];
}

/** Checks what a YAML file holds. Throws RUBRIC_INVALID naming `origin` and the field. */
export function toRubric(value: unknown, origin: string): Rubric {
  const parsed = rubricSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidRubric(origin, `${issue?.path.join(".") || "the file"}: ${issue?.message ?? "wrong shape"}`);
  }
  const { scale, ...rest } = parsed.data;
  const rubric = { ...rest, levels: toLevels(scale, origin) };
  rubric.examples.forEach((example, i) => checkExample(rubric, example, `${origin}: examples.${i}`));
  return rubric;
}

function checkExample(rubric: Rubric, { score, ...fields }: RubricExample, origin: string): void {
  const { low, high } = scaleOf(rubric);
  if (score < low || score > high) throw invalidRubric(origin, `its score ${score} is outside the scale ${low} to ${high}`);
  const missing = rubric.requires.find((field) => fields[field] === undefined);
  if (missing) throw invalidRubric(origin, `it has no ${missing}, which the rubric requires`);
}

/** The lowest and highest level. */
export function scaleOf({ levels }: Rubric): { low: number; high: number } {
  return { low: levels[0]?.value ?? 0, high: levels.at(-1)?.value ?? 0 };
}

function toLevels(scale: Record<string, string>, origin: string): Rubric["levels"] {
  const levels = Object.entries(scale)
    .map(([value, wording]) => ({ value: Number(value), text: wording }))
    .sort((a, b) => a.value - b.value);
  if (levels.length < 2 || levels.length > MOST_LEVELS) {
    throw invalidRubric(origin, `scale: ${levels.length} levels, but it needs 2 to ${MOST_LEVELS}`);
  }
  const gap = levels.find(({ value }, i) => i > 0 && value !== (levels[i - 1]?.value ?? 0) + 1);
  if (gap) throw invalidRubric(origin, `scale: level ${gap.value - 1} is missing`);
  return levels;
}

export function invalidRubric(origin: string, problem: string, cause?: unknown): LlmopsError {
  return new LlmopsError("RUBRIC_INVALID", `The rubric ${origin} is not valid: ${problem}.`, {
    hint: "llmops judge rubric show accuracy prints a sound one; llmops judge rubric new NAME writes one to start from.",
    cause,
  });
}
