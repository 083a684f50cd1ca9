import { currentUser } from "../../lib/base/config/environment.js";
import { readDataset } from "../../lib/experiments/dataset/read-dataset.js";
import { failureLimit } from "../../lib/experiments/gates/checks.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import { findRate } from "../../lib/operations/load/find-rate.js";
import { toLevelResult, type LevelResult } from "../../lib/operations/load/level-result.js";
import { runLevel, type LevelOptions, type Load } from "../../lib/operations/load/run-level.js";
import { parseSlo, type Slo } from "../../lib/operations/slo/slo.js";
import type { BenchResult } from "../../lib/report/bench-table.js";
import type { Host } from "../host/host.js";
import { DEFAULT_MAX_TOKENS, DEFAULT_SEED, EXAMPLE_DATASET } from "../studies/study-defaults.js";
import { DEFAULT_TRACKING_URI, openTarget } from "../targets/open-target.js";
import { withTracker } from "../tracking/with-store.js";
import { DEFAULT_LOADS, DEFAULT_WARMUP, levelOptionsOf, type BenchOptions } from "./bench-options.js";
import { logLevel, whyLevelsUnusable } from "./levels.js";

const FLUSH_MS = 5000;
const [FEWEST_SLOTS, MOST_SLOTS, SLOTS_OF_RATE] = [4, 64, 16];

/** What is measured, and how. */
interface Levels {
  /** Undefined where the highest rate is searched. */
  loads: readonly Load[] | undefined;
  slos: readonly Slo[];
  options: LevelOptions;
}

/** The levels that were measured; `rate` is the highest one found, where it was searched. */
interface MeasuredLevels {
  levels: LevelResult[];
  rate: number | null;
}

/**
 * Measures how much load an endpoint takes, or a model in this process, and how quickly it answers meanwhile; records every level. An
 * interrupted test ends with the levels that were measured. Throws INVALID_ARGUMENT, DATASET_NOT_FOUND, DATASET_INVALID, and what
 * opening a model or a store throws.
 */
export async function runBench(options: BenchOptions, host: Host): Promise<BenchResult> {
  const slos = (options.slos ?? []).map(parseSlo);
  const loads = options.findRate === true ? undefined : (options.loads ?? DEFAULT_LOADS);
  const limit = failureLimit(options.maxFailed, slos.length > 0 && loads !== undefined);
  const { dataset = EXAMPLE_DATASET, requests = 0, seed = DEFAULT_SEED, map, warmup = DEFAULT_WARMUP } = options;
  const { samples } = await readDataset(dataset, { limit: requests, seed, map });
  const target = await openTarget(options, { slots: slotsFor(loads ?? []) }, host);
  const levels = { loads, slos, options: levelOptionsOf(options, samples, host.signal) };
  try {
    await runLevel(target, { kind: "concurrency", value: 1 }, { ...levels.options, requests: warmup });
    const { measured, ...recorded } = await recordLevels(target, levels, options, host);
    const errors = whyLevelsUnusable(measured.levels, { limit, found: loads ? undefined : measured });
    return {
      ...{ schema: "llmops.bench/2", model: target.model, target: target.location, max_tokens: options.maxTokens ?? DEFAULT_MAX_TOKENS },
      ...{ levels: measured.levels, highest_rate: measured.rate, errors, ...recorded },
    };
  } finally {
    await target.close();
  }
}

/** Slots of a local model: one for each request at a time, within reason. */
function slotsFor(loads: readonly Load[]): number {
  const wanted = loads.map(({ kind, value }) => (kind === "concurrency" ? value : SLOTS_OF_RATE));
  return Math.min(MOST_SLOTS, Math.max(FEWEST_SLOTS, ...wanted));
}

function recordLevels(
  target: CompletionTarget,
  levels: Levels,
  { trackingUri = DEFAULT_TRACKING_URI, experiment = "bench", maxTokens = DEFAULT_MAX_TOKENS, command }: BenchOptions,
  host: Host,
): Promise<{ measured: MeasuredLevels; tracking_uri: string; run_id: string | null }> {
  return withTracker(trackingUri, host.note, async ({ tracker, uri }) => {
    const tags = { "mlflow.source.name": command?.name ?? "runBench", "mlflow.source.type": "LOCAL" };
    const run = tracker.startRun({ experiment, name: `bench ${target.model}`, userId: currentUser(), tags });
    const slo = levels.slos.map(({ text }) => text).join(", ");
    run.log({ params: { model: target.model, target: target.location, max_tokens: String(maxTokens), slo } });
    await tracker.begin();
    host.note(`Load on ${target.model} at ${target.location}.`);
    const measured = await measureLevels(levels, async (load) => {
      const level = await host.withProgress(undefined, "requests", (tick) =>
        runLevel(target, load, { ...levels.options, onRequest: tick }),
      );
      const result = toLevelResult(level, levels.slos);
      logLevel(run, result);
      return result;
    });
    run.end(host.signal.aborted ? "KILLED" : "FINISHED");
    await tracker.flush({ deadlineMs: FLUSH_MS });
    return { measured, tracking_uri: uri, run_id: tracker.idOf(run) ?? null };
  });
}

async function measureLevels(
  { loads, options: { signal } }: Levels,
  measure: (load: Load) => Promise<LevelResult>,
): Promise<MeasuredLevels> {
  if (!loads) {
    const { rate, tried } = await findRate((value) => measure({ kind: "rate", value }), signal);
    return { levels: tried, rate };
  }
  const levels: LevelResult[] = [];
  for (const load of loads) if (!signal.aborted) levels.push(await measure(load));
  return { levels, rate: null };
}
