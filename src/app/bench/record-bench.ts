import type { FailureLimit } from "../../lib/experiments/gates/checks.js";
import type { CompletionTarget } from "../../lib/inference/openai/completion-target.js";
import { toLevelResult, type LevelResult } from "../../lib/operations/load/level-result.js";
import { runLevel, type LevelOptions, type Load } from "../../lib/operations/load/run-level.js";
import type { Slo } from "../../lib/operations/slo/slo.js";
import type { BenchResult } from "../../lib/report/bench-table.js";
import type { Host } from "../host/host.js";
import { DEFAULT_MAX_TOKENS } from "../studies/study-defaults.js";
import { typedBy } from "../studies/study-options.js";
import { DEFAULT_TRACKING_URI } from "../targets/open-target.js";
import { withTracker } from "../tracking/with-store.js";
import type { BenchOptions } from "./bench-options.js";
import { BenchProgress } from "./bench-progress.js";
import { BenchRecorder } from "./bench-recorder.js";
import { whyEndedUnusable, whyLevelsUnusable } from "./levels.js";

/** What is measured, and how. */
export interface Levels {
  /** Undefined where the highest rate is searched. */
  loads: readonly Load[] | undefined;
  slos: readonly Slo[];
  /** How many requests may fail. */
  limit: FailureLimit | undefined;
  options: LevelOptions;
}

interface Work {
  host: Host;
  /** Ends the test; aborts with the host's signal. */
  end: AbortController;
  /** Measures level after level; gives the highest rate that was found, where it was searched. */
  measure: (measure: (load: Load) => Promise<LevelResult>) => Promise<number | null>;
}

/** Measures the levels and records them while they run. Throws what `withTracker` throws. */
export function recordBench(
  target: CompletionTarget,
  levels: Levels,
  options: BenchOptions,
  { host, end, measure }: Work,
): Promise<BenchResult> {
  const { maxTokens = DEFAULT_MAX_TOKENS, experiment = "bench", command = { name: "runBench", argv: [] } } = options;
  const { requests, durationMs } = levels.options;
  const progress = new BenchProgress({ ...levels, requests, durationMs });
  const onStop = (why: string) => {
    host.note(why);
    end.abort();
  };
  return withTracker(options.trackingUri ?? DEFAULT_TRACKING_URI, host.note, async ({ tracker, store, uri }) => {
    const toResult = (runId: string | null, found?: { rate: number | null }): BenchResult => ({
      ...{ schema: "llmops.bench/2", model: target.model, target: target.location, max_tokens: maxTokens },
      ...{ levels: measuredBy(progress), highest_rate: found?.rate ?? null, status: end.signal.aborted ? "interrupted" : "finished" },
      ...{ command: typedBy(command), errors: errorsOf(progress, levels, found), tracking_uri: uri, run_id: runId },
    });
    const live = { kind: "bench" as const, resume: typedBy(command), store, onStop };
    const params = { max_tokens: String(maxTokens), slo: levels.slos.map(({ text }) => text).join(", ") };
    const recorder = await BenchRecorder.start(levels.loads ?? [], {
      ...{ tracker, experiment, command: command.name, target: { model: target.model, location: target.location } },
      ...{ params, live, progress, toResult },
    });
    try {
      host.note(`Load on ${target.model} at ${target.location}.`);
      const rate = await measure((load) => measureLevel(load, { target, levels, progress, recorder, host }));
      const result = toResult(recorder.runId, { rate });
      await recorder.end(result, { searched: levels.loads === undefined });
      return result;
    } catch (error) {
      recorder.abandon(error);
      throw error;
    }
  });
}

interface Measuring {
  target: CompletionTarget;
  levels: Levels;
  progress: BenchProgress;
  recorder: BenchRecorder;
  host: Host;
}

async function measureLevel(load: Load, { target, levels, progress, recorder, host }: Measuring): Promise<LevelResult> {
  progress.begin(load);
  const level = await host.withProgress(undefined, "requests", (tick) =>
    runLevel(target, load, {
      ...levels.options,
      onRequest: (timing) => {
        progress.add(timing);
        tick();
      },
    }),
  );
  const result = toLevelResult(level, levels.slos);
  progress.end(result);
  recorder.endLevel(result, !levels.options.signal.aborted);
  return result;
}

/** The levels that ended, and the one that runs. */
function measuredBy(progress: BenchProgress): LevelResult[] {
  const running = progress.running();
  return [...progress.levels, ...(running ? [running] : [])];
}

/** Why levels cannot be used, of a test that is over or that runs; nothing is said of a level before it has ended. */
export function errorsOf(
  { levels: ended }: BenchProgress,
  levels: Pick<Levels, "loads" | "limit">,
  found: { rate: number | null } | undefined,
): string[] {
  return found ? whyLevelsUnusable(ended, levels, found.rate) : whyEndedUnusable(ended, levels);
}
