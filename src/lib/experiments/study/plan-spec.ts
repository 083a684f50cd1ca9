import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { CORRECTIONS } from "../../base/stats/multiplicity.js";
import { readSameDataset } from "./same-dataset.js";
import type { ScorerSet } from "../scoring/scorers.js";
import type { StudySource } from "./study-journal.js";
import { settingSchema, type StudyPlan } from "./study.js";

const count = z.int().nonnegative();
const sourceSchema = z.strictObject({
  path: z.string(),
  digest: z.string(),
  limit: count,
  seed: z.number(),
  map: z.array(z.string()).optional(),
});
const thinkingSchema = z.strictObject({
  marks: z.array(z.strictObject({ open: z.string(), close: z.string() })),
  scored: z.boolean(),
});

/** A plan as JSON: names and references, nothing that only this process has. Read strictly, so that no version runs what it does not know. */
export const planSpecSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  settings: z.array(settingSchema),
  fixed: settingSchema,
  reference: count.nullable(),
  dataset: sourceSchema,
  responses: z.array(z.tuple([z.string(), z.string()])).optional(),
  thinking: thinkingSchema.optional(),
  repeats: z.array(count),
  mostRepeats: count,
  scorers: z.array(z.string()).describe("As --scorer names them, the one that decides first; judges as judge:RUBRIC."),
  texts: z.array(z.tuple([z.string(), z.string()])).describe("The texts of prompt parameters, by their values."),
  seed: z.number(),
  concurrency: count,
  correction: z.enum(CORRECTIONS),
  minEffect: z.number(),
});

export type PlanSpec = z.infer<typeof planSpecSchema>;

/** What a plan was made of, where the plan itself has only what came of it. */
export interface PlanOrigin {
  /** The names of the scorers that were asked for. */
  scorers: readonly string[];
  /** Where its rows are read. */
  dataset: StudySource;
}

/** A plan as JSON has it. Throws INVALID_ARGUMENT for one that scores what an earlier study was answered, which only this machine has. */
export function toPlanSpec(plan: StudyPlan, { scorers, dataset }: PlanOrigin): PlanSpec {
  if (plan.stored) {
    throw new LlmopsError("INVALID_ARGUMENT", `The answers of ${plan.stored.from.id} are scored where they are: they cannot be sent.`, {
      hint: "Score them with llmops score on the machine that has the study.",
    });
  }
  const { name, settings, fixed, reference, repeats, mostRepeats, seed, concurrency, correction, minEffect, responses, thinking } = plan;
  return planSpecSchema.parse({
    version: 1,
    ...{ name, settings, fixed, reference, repeats, mostRepeats, seed, concurrency, correction, minEffect },
    ...{ dataset, scorers: [...scorers], texts: Object.entries(plan.texts) },
    ...(responses && { responses: [...responses] }),
    ...(thinking && { thinking }),
  });
}

/** Makes scorers of their names. */
export type FindScorers = (names: readonly string[]) => Promise<ScorerSet & { asked: readonly { name: string }[] }>;

/**
 * The plan of a spec, with its rows and scorers. Throws INVALID_ARGUMENT for what is not a spec of this version, STUDY_CHANGED where the
 * dataset is not the same file any more, and what reading it and finding scorers throw.
 */
export async function fromPlanSpec(written: unknown, findScorers: FindScorers): Promise<StudyPlan> {
  const { dataset: source, scorers: names, texts, responses, thinking, ...spec } = readSpec(written);
  const { scorers, primary, asked } = await findScorers(names);
  const dataset = await readSameDataset(toSource(source), `the plan ${spec.name} asks`);
  return {
    ...{ name: spec.name, settings: spec.settings, fixed: spec.fixed, reference: spec.reference, dataset },
    ...(responses && { responses: new Map(responses) }),
    ...(thinking && { thinking }),
    ...{ repeats: spec.repeats, mostRepeats: spec.mostRepeats, scorers, primary, asked: asked.map(({ name }) => name) },
    texts: Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(texts)),
    ...{ seed: spec.seed, concurrency: spec.concurrency, correction: spec.correction, minEffect: spec.minEffect },
  };
}

function toSource({ map, ...source }: z.infer<typeof sourceSchema>): StudySource {
  return { ...source, ...(map && { map }) };
}

function readSpec(written: unknown): PlanSpec {
  const read = planSpecSchema.safeParse(written);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new LlmopsError(
    "INVALID_ARGUMENT",
    `This is not a plan of this version: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}.`,
    {
      hint: "Run the same version of llmops everywhere.",
    },
  );
}
