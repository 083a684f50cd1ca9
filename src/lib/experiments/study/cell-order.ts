import { createRandom, deriveSeed, shuffle } from "../../base/math/random.js";
import type { Cell, StudyPlan } from "./study.js";

/** The samples of a study in the order they are asked: random, the same for the same seed. */
export function orderSamples({ seed, dataset }: StudyPlan): number[] {
  const indices = dataset.samples.map((_, i) => i);
  return shuffle(indices, createRandom(deriveSeed(seed, "order")));
}

/**
 * The cells of some samples for some settings: all settings and repeats of a sample side by side, so that its prompt is
 * evaluated once, and in random order, so that no setting always runs first.
 */
export function* orderCells(plan: StudyPlan, samples: readonly number[], settings: readonly number[]): Generator<Cell> {
  for (const sample of samples) {
    const cells = settings.flatMap((setting) =>
      Array.from({ length: plan.repeats[setting] ?? 0 }, (_, repeat) => ({ setting, sample, repeat })),
    );
    yield* shuffle(cells, createRandom(deriveSeed(plan.seed, "cells", sample)));
  }
}
