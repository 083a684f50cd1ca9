import type { Dataset } from "../dataset/sample.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { createRandom, deriveSeed, shuffle } from "../../base/math/random.js";
import type { SearchDimension } from "../samplers/space.js";
import type { ScorerSet } from "../scoring/scorers.js";
import { PARAMETERS } from "../study/parameters.js";
import { checkPlan, readTexts } from "../study/plan-sweep.js";
import { isGreedy, type Setting, type StudyPlan } from "../study/study.js";

/** Rows a trial asks where nothing is said. */
export const TRIAL_ROWS = 60;
const PROOF_REPEATS = 3;

export interface OptimizationPlanOptions {
  dimensions: readonly SearchDimension[];
  /** Parameters that all settings share. */
  fixed: Setting;
  /** Rows of a trial; the rest proves the result. 0: all, and none are left. */
  rows: number;
  /** Completions per row and trial. */
  repeats: number;
  /** Rows that prove it, at most; 0 for no proof. */
  proofRows: number;
  seed: number;
  concurrency: number;
  minEffect: number;
  scorers: ScorerSet;
}

export interface OptimizationPlan {
  /** Trials become its settings, one after the other. */
  search: StudyPlan;
  /** Rows no trial sees; undefined where there is to be no proof. */
  heldOut: Dataset | undefined;
}

/**
 * The study of a search without its settings, and the rows held out to prove its result: at least a third of the rows, where there
 * are few. Throws DATASET_INVALID where rows lack what prompts or scorers need.
 */
export function planOptimization(dataset: Dataset, options: OptimizationPlanOptions): OptimizationPlan {
  const { dimensions, fixed, scorers, rows, proofRows } = options;
  const { samples } = dataset;
  const count = rows === 0 ? samples.length : proofRows === 0 ? rows : Math.min(rows, Math.ceil((2 * samples.length) / 3));
  const order = shuffle([...samples.keys()], createRandom(deriveSeed(options.seed, "held out")));
  const part = (from: number, to: number) => {
    const chosen = new Set(order.slice(from, to));
    return { ...dataset, samples: samples.filter((_, i) => chosen.has(i)) };
  };
  const prompts = dimensions.flatMap((dimension): Setting[] =>
    dimension.kind === "categorical" && PARAMETERS[dimension.name]?.kind === "prompt"
      ? dimension.values.map((value) => ({ [dimension.name]: value }))
      : [],
  );
  const search: StudyPlan = {
    name: `optimize ${dimensions.map(({ name }) => name).join(", ")}`,
    settings: [],
    fixed,
    reference: null,
    dataset: part(0, count),
    repeats: [],
    mostRepeats: options.repeats,
    scorers: scorers.scorers,
    primary: scorers.primary,
    texts: readTexts([...prompts, fixed], dataset),
    ...{ seed: options.seed, concurrency: options.concurrency, correction: "holm", minEffect: options.minEffect },
  };
  checkPlan({ ...search, dataset });
  const heldOut = proofRows === 0 ? undefined : part(count, count + proofRows);
  if (heldOut && heldOut.samples.length < 2) {
    throw new LlmopsError(
      "DATASET_INVALID",
      `The search uses ${count} of the ${samples.length} rows of ${dataset.path}, which leaves too few for a proof.`,
      {
        hint: "Add rows, lower --limit, or skip the proof with --proof 0.",
      },
    );
  }
  return { search, heldOut };
}

/** The study that proves a result: the default and the candidates on rows held out, the default being the reference. */
export function planProof(
  search: StudyPlan,
  heldOut: Dataset,
  { candidates, repeats }: { candidates: readonly Setting[]; repeats: number | undefined },
): StudyPlan {
  const settings: Setting[] = [{}, ...candidates];
  const all = settings.map((setting) => repeats ?? (isGreedy(search.fixed, setting) ? 1 : PROOF_REPEATS));
  return {
    ...search,
    name: `${search.name}: proof`,
    ...{ settings, dataset: heldOut, repeats: all, mostRepeats: Math.max(...all), reference: 0 },
  };
}

/** A search before its first trial, as far as its proof depends on it. */
export interface ProofBounds {
  dimensions: readonly SearchDimension[];
  heldOut: Dataset | undefined;
  /** Settings that are proven beside the default, and trials they are chosen from. */
  candidates: number;
  trials: number;
  repeats: number | undefined;
}

/** Cells the proof of a search is to have, at most; none where no rows are held out. */
export function mostProofCells({ fixed }: Pick<StudyPlan, "fixed">, { dimensions, heldOut, ...asked }: ProofBounds): number {
  const isAlwaysGreedy = isGreedy(fixed, {}) && dimensions.every(({ name }) => name !== "temperature");
  const repeats = asked.repeats ?? (isAlwaysGreedy ? 1 : PROOF_REPEATS);
  return (1 + Math.min(asked.candidates, asked.trials)) * (heldOut?.samples.length ?? 0) * repeats;
}
