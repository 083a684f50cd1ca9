import { readDataset } from "../../lib/experiments/dataset/read-dataset.js";
import { failureLimit } from "../../lib/experiments/gates/checks.js";
import { findRate } from "../../lib/operations/load/find-rate.js";
import type { LevelResult } from "../../lib/operations/load/level-result.js";
import { runLevel, type Load } from "../../lib/operations/load/run-level.js";
import { parseSlo } from "../../lib/operations/slo/slo.js";
import type { BenchResult } from "../../lib/report/bench-table.js";
import { endWith } from "../host/end-with.js";
import type { Host } from "../host/host.js";
import { DEFAULT_SEED, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { openTarget } from "../targets/open-target.js";
import { DEFAULT_LOADS, DEFAULT_WARMUP, levelOptionsOf, type BenchOptions } from "./bench-options.js";
import { recordBench, type Levels } from "./record-bench.js";

const [FEWEST_SLOTS, MOST_SLOTS, SLOTS_OF_RATE] = [4, 64, 16];

/**
 * Measures how much load an endpoint takes, or a model in this process, and how quickly it answers meanwhile; records every level while
 * it runs. An interrupted test, or one whose end was asked for in its run, ends with the levels that were measured. Throws
 * INVALID_ARGUMENT, DATASET_NOT_FOUND, DATASET_INVALID, and what opening a model or a store throws.
 */
export async function runBench(options: BenchOptions, host: Host): Promise<BenchResult> {
  const slos = (options.slos ?? []).map(parseSlo);
  const loads = options.findRate === true ? undefined : (options.loads ?? DEFAULT_LOADS);
  const limit = failureLimit(options.maxFailed, slos.length > 0 && loads !== undefined);
  const { dataset = EXAMPLE_DATASET, requests = 0, seed = DEFAULT_SEED, map, warmup = DEFAULT_WARMUP } = options;
  const { samples } = await readDataset(dataset, { limit: requests, seed, map });
  const target = await openTarget(options, { slots: slotsFor(loads ?? []) }, host);
  const end = endWith(host.signal);
  const levels: Levels = { loads, slos, limit, options: levelOptionsOf(options, samples, end.signal) };
  try {
    await runLevel(target, { kind: "concurrency", value: 1 }, { ...levels.options, requests: warmup });
    return await recordBench(target, levels, options, { host, end, measure: (measure) => measureLevels(levels, measure) });
  } finally {
    await target.close();
  }
}

/** Slots of a local model: one for each request at a time, within reason. */
function slotsFor(loads: readonly Load[]): number {
  const wanted = loads.map(({ kind, value }) => (kind === "concurrency" ? value : SLOTS_OF_RATE));
  return Math.min(MOST_SLOTS, Math.max(FEWEST_SLOTS, ...wanted));
}

async function measureLevels(
  { loads, options: { signal } }: Levels,
  measure: (load: Load) => Promise<LevelResult>,
): Promise<number | null> {
  if (!loads) return (await findRate((value) => measure({ kind: "rate", value }), signal)).rate;
  for (const load of loads) if (!signal.aborted) await measure(load);
  return null;
}
