import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import type { Sample } from "../dataset/sample.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { createRandom, deriveSeed } from "../../base/math/random.js";
import type { GradedDataset } from "./graded-dataset.js";

const perturbationSchema = z.object({
  expected: z.string(),
  append: z.array(z.string()).min(1).optional(),
  wrap: z.array(z.string()).min(1).optional(),
});

/** Something done to an answer that must not raise its score, in several wordings. */
export type Perturbation = z.infer<typeof perturbationSchema>;

/** What an audited answer is: right or wrong, and what was done to it ("plain" for nothing). */
export interface AuditedAnswer {
  sample: string;
  base: "right" | "wrong";
  perturbation: string;
}

/** All perturbations, by name, from templates/judge/perturbations.yaml. */
export function readPerturbations(): Record<string, Perturbation> {
  const text = readFileSync(new URL("../../../../templates/judge/perturbations.yaml", import.meta.url), "utf8");
  return z.record(z.string(), perturbationSchema).parse(parse(text));
}

/** The `index`th wording of a perturbation around an answer. */
export function perturb({ append = [], wrap = [] }: Perturbation, answer: string, index: number): string {
  const wordings = [...append.map((text) => `{answer} ${text}`), ...wrap];
  return (wordings[index % wordings.length] ?? "{answer}").replace("{answer}", () => answer);
}

/**
 * Answers to audit a judge with: of every sample its reference, as a right answer, and another sample's of the same topic, as a
 * wrong one, each as it is and perturbed in every way. Throws DATASET_INVALID without references.
 */
export function auditDataset(
  { dataset }: GradedDataset,
  perturbations: Record<string, Perturbation>,
  seed: number,
): { graded: GradedDataset; answers: Map<string, AuditedAnswer> } {
  const usable = dataset.samples.filter(({ answer }) => answer !== null && answer.trim() !== "");
  if (new Set(usable.map(({ answer }) => answer)).size < 2) {
    throw new LlmopsError("DATASET_INVALID", `${dataset.path} has fewer than two different references.`, {
      hint: 'An audit takes correct answers from the column "reference" (or "answer") and incorrect ones from other rows.',
    });
  }
  const responses = new Map<string, string>();
  const answers = new Map<string, AuditedAnswer>();
  const samples: Sample[] = [];
  for (const [index, sample] of usable.entries()) {
    const bases = { right: sample.answer ?? "", wrong: wrongAnswer(sample, usable, seed) };
    for (const base of ["right", "wrong"] as const) {
      const add = (perturbation: string, text: string) => {
        const id = `${sample.id} ${base} ${perturbation}`;
        samples.push({ ...sample, id });
        responses.set(id, text);
        answers.set(id, { sample: sample.id, base, perturbation });
      };
      add("plain", bases[base]);
      for (const [name, perturbation] of Object.entries(perturbations)) add(name, perturb(perturbation, bases[base], index));
    }
  }
  return { graded: { dataset: { ...dataset, samples }, responses, reading: "" }, answers };
}

/** Another sample's answer, of the same topic where there is one. */
function wrongAnswer(sample: Sample, all: readonly Sample[], seed: number): string {
  const random = createRandom(deriveSeed(seed, "wrong", sample.id));
  const others = all.filter(({ answer }) => !sample.answers.includes(answer ?? ""));
  const near = others.filter(({ topic }) => topic !== null && topic === sample.topic);
  const pool = near.length > 0 ? near : others;
  return pool[Math.floor(random() * pool.length)]?.answer ?? "";
}
