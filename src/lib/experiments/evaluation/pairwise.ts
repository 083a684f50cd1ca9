import { askedSample, pairSamples } from "../dataset/pair-samples.js";
import type { Dataset, Sample } from "../dataset/sample.js";
import { counted, nounFor } from "../../base/errors/counted.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { gradedSample } from "../judge/judge-scorer.js";
import type { Judge } from "../judge/judge.js";
import type { PairVerdict } from "../judge/verdict.js";
import type { Rubric } from "../judge/rubric.js";
import { addCosts, type Score, type Scorer } from "../scoring/scorer.js";
import { planSweep } from "../study/plan-sweep.js";
import type { StudyPlan } from "../study/study.js";

/** One of those compared: its name, and its answers by sample id. */
export interface Contestant {
  name: string;
  answers: ReadonlyMap<string, string>;
}

/**
 * The answers a file gives to the samples of a dataset, by their ids there: rows are paired as `pairSamples` pairs them. `notes` says how
 * many ask something else, or have another right answer, under the id of a sample.
 */
export function answersTo(
  samples: readonly Sample[],
  given: { name: string; samples: readonly Sample[]; answers: ReadonlyMap<string, string> },
): { answers: Map<string, string>; notes: string[] } {
  const setOf = (all: readonly Sample[]) => ({
    ids: all.map(({ id }) => id),
    asked: new Map(all.map(({ id, question, answer }) => [id, askedSample(question, answer)])),
  });
  const { pairs, otherQuestion, otherReference } = pairSamples(setOf(samples), setOf(given.samples));
  const answers = pairs.flatMap(([id, own]) => {
    const answer = given.answers.get(own);
    return answer === undefined ? [] : [[id, answer] as const];
  });
  const note = (ids: readonly string[], what: string) =>
    ids.length === 0
      ? []
      : [
          `${counted(ids.length, "row")} of ${given.name} ${nounFor(ids.length, "is", "are")} left out: ${what}, such as ${JSON.stringify(ids[0])}.`,
        ];
  const notes = [
    ...note(otherQuestion, "under the same id another question is asked"),
    ...note(otherReference, "the same question has another right answer"),
  ];
  return { answers: new Map(answers), notes };
}

/** What a sample of a pairwise plan stands for. */
export interface Comparison {
  /** The sample of the dataset. */
  sample: string;
  /** Indices of contestants; the first one's answer is shown as A in order 1, as B in order 2. */
  first: number;
  second: number;
  order: 1 | 2;
}

/** What is kept of a comparison beside how far it speaks for the first contestant. */
export interface ComparedDetails {
  winner: "first" | "second" | "tie" | null;
  /** Of first, second and tie; null for a single written verdict. */
  distribution: number[] | null;
}

export interface PairwisePlan {
  plan: StudyPlan;
  /** By the index of the plan's samples. */
  comparisons: readonly Comparison[];
  contestants: readonly Contestant[];
}

/**
 * A study whose samples are comparisons: every pair of contestants over every sample all of them answered, in both orders. Throws
 * DATASET_INVALID where there is nothing to compare.
 */
export function planPairwise(
  dataset: Dataset,
  contestants: readonly Contestant[],
  { rubrics, judges, seed, concurrency }: { rubrics: readonly Rubric[]; judges: () => readonly Judge[]; seed: number; concurrency: number },
): PairwisePlan {
  const answered = dataset.samples.filter(({ id }) => contestants.every(({ answers }) => answers.has(id)));
  if (answered.length === 0) {
    const names = contestants.map(({ name }) => name).join(", ");
    throw new LlmopsError("DATASET_INVALID", `No row was answered by all of ${names}.`, {
      hint: "Rows are paired where they ask the same under the same id, or in files without ids by their question: compare answers to the same questions.",
    });
  }
  const comparisons = answered.flatMap(({ id }) => pairsOf(contestants.length, id));
  const byId = new Map(answered.map((sample) => [sample.id, sample]));
  const samples = comparisons.map((one) => toSample(byId.get(one.sample) as Sample, one, contestants));
  const scorers = rubrics.map((rubric) => preferenceScorer(rubric, judges));
  const [primary] = scorers;
  if (!primary) throw new RangeError("a comparison requires a rubric");
  const plan = planSweep(
    [],
    { ...dataset, samples },
    {
      ...{ design: "single", strategies: [{}], fixed: {}, repeats: 1, seed, concurrency, correction: "holm", minEffect: 0 },
      scorers: { scorers, primary },
      addRepeats: false,
    },
  );
  const name = `judge pairwise ${rubrics.map((rubric) => rubric.name).join(", ")}`;
  return { plan: { ...plan, name, responses: new Map(samples.map(({ id }) => [id, ""])) }, comparisons, contestants };
}

function pairsOf(contestants: number, sample: string): Comparison[] {
  const all: Comparison[] = [];
  for (let first = 0; first < contestants; first++) {
    for (let second = first + 1; second < contestants; second++) {
      all.push({ sample, first, second, order: 1 }, { sample, first, second, order: 2 });
    }
  }
  return all;
}

function toSample(sample: Sample, { first, second, order }: Comparison, contestants: readonly Contestant[]): Sample {
  const [a, b] = order === 1 ? [first, second] : [second, first];
  const answerOf = (index: number) => contestants[index]?.answers.get(sample.id) ?? "";
  const fields = { ...sample.fields, answer_a: answerOf(a), answer_b: answerOf(b), order };
  return { ...sample, id: `${sample.id} ${first + 1}:${second + 1} order ${order}`, fields };
}

/** 1 where the judge prefers the first contestant, 0 where the second, between where it is not sure. */
function preferenceScorer(rubric: Rubric, judges: () => readonly Judge[]): Scorer {
  return {
    name: rubric.name,
    kind: "mean",
    direction: "max",
    async score(sample, _completion, context) {
      const { question, reference, context: shown } = gradedSample(sample, "");
      const pair = {
        question,
        reference,
        context: shown,
        answer_a: String(sample.fields["answer_a"]),
        answer_b: String(sample.fields["answer_b"]),
      };
      const signal = context?.signal ?? new AbortController().signal;
      const verdicts = await Promise.all(judges().map((judge) => judge.compare(rubric, pair, signal)));
      return { ...toScore(verdicts, sample.fields["order"] === 1), cost: addCosts(verdicts.map(({ cost }) => cost)) };
    },
  };
}

function toScore(verdicts: readonly PairVerdict[], firstIsA: boolean): Score {
  const unread = verdicts.find(({ winner }) => winner === null);
  if (unread) return { value: null, explanation: unread.problem ?? "no verdict", mayPass: true };
  const shares = verdicts.map(({ winner, distribution }) => {
    const [a = 0, b = 0, tie = 0] = distribution ?? [Number(winner === "A"), Number(winner === "B"), Number(winner === "tie")];
    return firstIsA ? [a, b, tie] : [b, a, tie];
  });
  const mean = [0, 1, 2].map((place) => shares.reduce((sum, own) => sum + (own[place] ?? 0), 0) / shares.length);
  const [first = 0, second = 0, tie = 0] = mean;
  const winner = tie >= first && tie >= second ? "tie" : first > second ? "first" : "second";
  const details: ComparedDetails = { winner, distribution: mean };
  const said = verdicts.find(({ justification }) => justification !== null)?.justification;
  return { value: first + tie / 2, details, ...(said !== undefined && said !== null && { explanation: said }) };
}
