import { createHash } from "node:crypto";
import type { StudyRun } from "../../experiments/study/study-ledger.js";
import type { StudyJournal } from "../../experiments/study/study-journal.js";
import type { StudyPlan } from "../../experiments/study/study.js";
import { FAILED_METRIC } from "./compare-canary.js";
import type { Canary } from "./canary-baseline.js";

/** What a plan asks, and is compared by. */
export function askedOf({ dataset, seed, mostRepeats: repeats, fixed }: StudyPlan, metrics: readonly string[]): Canary["asked"] {
  const { digest, samples, mapping } = dataset;
  const rows = `${digest.slice(0, 16)}, ${samples.length} rows`;
  return { dataset: mapping === undefined ? rows : `${rows}, ${mapping}`, seed, repeats, fixed, metrics: [...metrics] };
}

export interface CanaryFacts {
  plan: StudyPlan;
  run: StudyRun;
  journal: StudyJournal;
  target: { model: string; location: string };
  /** The scores that are kept. */
  metrics: readonly string[];
}

/** What is kept of a study of one setting. */
export function toCanary({ plan, run, journal, target, metrics }: CanaryFacts): Canary {
  const scored = metrics.map((name) => [name, run.table.values(name, 0)] as const);
  const cells = run.table.cellsOf(0);
  const records = cells.flatMap((cell) => journal.read(run.table.indexOf(cell)) ?? []);
  const samples = plan.dataset.samples.map(({ id }, sample) => {
    const own = records.filter((record) => record.sample === sample).sort((a, b) => a.repeat - b.repeat);
    const values = Object.fromEntries(scored.map(([name, bySample]) => [name, bySample[sample] ?? []]));
    const answers = createHash("sha256")
      .update(JSON.stringify(own.map(({ text = null }) => text)))
      .digest("hex");
    return [
      id,
      { values: { ...values, [FAILED_METRIC]: own.map(({ error }) => (error ? 1 : 0)) }, answers: answers.slice(0, 16) },
    ] as const;
  });
  return {
    schema: "llmops.canary/1",
    ...{ model: target.model, target: target.location },
    asked: askedOf(plan, metrics),
    created: new Date().toISOString(),
    samples: Object.fromEntries(samples),
  };
}
