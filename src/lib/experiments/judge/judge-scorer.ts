import { z } from "zod";
import { canonicalName } from "../dataset/column-names.js";
import type { Dataset, Sample } from "../dataset/sample.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { addCosts, type Score, type Scorer } from "../scoring/scorer.js";
import type { GradedSample } from "./judge-prompt.js";
import type { Judge } from "./judge.js";
import { scaleOf, type Rubric, type SampleField } from "./rubric.js";
import { entropyOf, type JudgeVerdict } from "./verdict.js";

export const judgedDetailsSchema = z.object({
  method: z.string().describe("probability, generate, votes, or a judge of a plugin."),
  distribution: z.array(z.number()).nullable(),
  entropy: z.number().nullable().describe("In bits; null without a distribution."),
  mass: z.number().exactOptional(),
  panel: z
    .array(
      z.object({
        judge: z.string(),
        score: z.number().nullable(),
        problem: z.string().exactOptional(),
      }),
    )
    .exactOptional()
    .describe("Of several judges, each one's own score."),
});

/** What is kept of a score beside its value. */
export type JudgedDetails = z.infer<typeof judgedDetailsSchema>;

/** Grades completions by a rubric with one judge, or with the mean of several. The judges may be opened later than the scorer is made. */
export function judgeScorer(name: string, rubric: Rubric, judges: () => readonly Judge[]): Scorer {
  const { low, high } = scaleOf(rubric);
  return {
    name,
    kind: "mean",
    range: [low, high],
    direction: "max",
    needsReference: rubric.requires.includes("reference"),
    async score(sample, { text }, context) {
      const graded = gradedSample(sample, text);
      const own = rowRubric(rubric, sample);
      const missing = missingField(rubric, graded) ?? (typeof own === "string" ? own : undefined);
      if (missing !== undefined || typeof own === "string") return { value: null, explanation: `the sample has no ${missing}` };
      const signal = context?.signal ?? new AbortController().signal;
      const verdicts = await Promise.all(judges().map((judge) => judge.score(own, graded, signal)));
      return { ...toScore(verdicts, judges()), cost: addCosts(verdicts.map(({ cost }) => cost)) };
    },
  };
}

/** A place for a column of the row in a rubric's description. */
const PLACE = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** True for a rubric whose description has places for columns, so that every row is graded by its own. */
export function isPerRow({ description }: Rubric): boolean {
  return description.search(PLACE) >= 0;
}

/** The rubric of a row: what it says with the row's columns in their places; of a row that lacks one, the column's name. */
export function rowRubric(rubric: Rubric, { fields }: Sample): Rubric | string {
  if (!isPerRow(rubric)) return rubric;
  let missing: string | undefined;
  const description = rubric.description.replace(PLACE, (_, name: string) => {
    const column = Object.keys(fields).find((key) => canonicalName(key) === canonicalName(name));
    const lines = [column === undefined ? undefined : fields[column]].flat().flatMap((item) => textOf(item) ?? []);
    if (lines.length === 0) missing ??= name;
    return lines.join("\n");
  });
  return missing ?? { ...rubric, description };
}

function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  const text = typeof value === "string" ? value.trim() : JSON.stringify(value);
  return text === "" ? undefined : text;
}

/** What a judge is shown of a sample: accepted answers are one reference, several pieces of context one text. */
export function gradedSample({ question, answers, fields }: Sample, answer: string): GradedSample {
  const { context } = fields;
  const pieces = [context].flat().filter((piece) => typeof piece === "string" || typeof piece === "number");
  return {
    question,
    answer,
    ...(answers.length > 0 && { reference: answers.join(" or ") }),
    ...(pieces.length > 0 && { context: pieces.join("\n") }),
  };
}

/** Throws DATASET_INVALID, before the first call, where a sample lacks what a rubric requires. */
export function checkRubricFields(rubrics: readonly Rubric[], { samples, path }: Dataset): void {
  for (const rubric of rubrics) {
    const lacking = samples.map((sample) => rowRubric(rubric, sample));
    if (lacking.every((own) => typeof own === "string")) {
      throw new LlmopsError("DATASET_INVALID", `No row of ${path} has "${lacking[0] ?? ""}", which the rubric ${rubric.name} asks for.`, {
        hint: "Name a column of the dataset between {{ and }}.",
      });
    }
    for (const sample of samples) {
      const missing = missingField(rubric, gradedSample(sample, "."));
      if (missing === undefined) continue;
      throw new LlmopsError(
        "DATASET_INVALID",
        `The row "${sample.id}" of ${path} has no ${missing}, which the rubric ${rubric.name} requires.`,
        {
          hint: `Add a column "${missing}", or choose another rubric.`,
        },
      );
    }
  }
}

function missingField(rubric: Rubric, graded: GradedSample): SampleField | undefined {
  return rubric.requires.find((field) => field !== "answer" && (graded[field] ?? "") === "");
}

function toScore(verdicts: readonly JudgeVerdict[], judges: readonly Judge[]): Score {
  const [first, ...others] = verdicts;
  if (!first) throw new RangeError("a judge scorer needs a judge");
  if (others.length === 0) {
    const { score, distribution, justification, method, mass, problem } = first;
    const details: JudgedDetails = {
      method,
      distribution,
      entropy: distribution && entropyOf(distribution),
      ...(mass !== undefined && { mass }),
    };
    return { value: score, details, ...explain(problem ?? justification), ...(score === null && { mayPass: true }) };
  }
  const panel = verdicts.map(({ score, problem }, i) => ({
    judge: judges[i]?.target.model ?? "",
    score,
    ...(problem !== undefined && { problem }),
  }));
  const scores = verdicts.flatMap(({ score }) => (score === null ? [] : [score]));
  const failed = verdicts.find(({ problem }) => problem !== undefined);
  const distribution = meanDistribution(verdicts);
  const details: JudgedDetails = { method: first.method, distribution, entropy: distribution && entropyOf(distribution), panel };
  // a panel of which a judge is missing has another mean than the others
  if (failed)
    return { value: null, details, mayPass: true, ...explain(`${panel.find(({ problem }) => problem)?.judge}: ${failed.problem}`) };
  const value = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return { value, details, ...explain(verdicts.find(({ justification }) => justification)?.justification ?? null) };
}

function meanDistribution(verdicts: readonly JudgeVerdict[]): number[] | null {
  const all = verdicts.flatMap(({ distribution }) => (distribution ? [distribution] : []));
  if (all.length < verdicts.length) return null;
  return (all[0] ?? []).map((_, level) => all.reduce((sum, own) => sum + (own[level] ?? 0), 0) / all.length);
}

function explain(text: string | null): { explanation?: string } {
  return text === null ? {} : { explanation: text };
}
