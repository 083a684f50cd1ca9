import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { currentUser } from "../lib/base/config/environment.js";
import { readDataset } from "../lib/experiments/dataset/read-dataset.js";
import type { Sample } from "../lib/experiments/dataset/sample.js";
import { failureLimit, type FailureLimit } from "../lib/experiments/gates/checks.js";
import { EXIT } from "../lib/base/errors/exit-codes.js";
import { LlmopsError } from "../lib/base/errors/llmops-error.js";
import { whyUnusable } from "../lib/operations/load/failed-requests.js";
import { findRate } from "../lib/operations/load/find-rate.js";
import { toLevelResult, type LevelResult } from "../lib/operations/load/level-result.js";
import { runLevel, type LevelOptions, type Load } from "../lib/operations/load/run-level.js";
import { parseSlo, type Slo } from "../lib/operations/slo/slo.js";
import type { ChatMessage } from "../lib/inference/openai/completion.js";
import { toMessages } from "../lib/experiments/study/run-cell.js";
import type { CompletionTarget } from "../lib/inference/openai/completion-target.js";
import { benchReport, type BenchResult } from "../lib/report/bench-table.js";
import type { TrackedRun } from "../lib/tracking/tracked-run.js";
import { checkOutputFlags, publishReport, reportFlags, type OutputFlags } from "../cli/flags/output-flags.js";
import { withProgress } from "../cli/terminal/progress.js";
import { withTracker } from "../app/tracking/with-store.js";
import { experimentFlag, trackingUriFlag } from "../cli/flags/store-flags.js";
import { studyFlags } from "../cli/flags/study-flags.js";
import { argumentTargetFlags, targetOf, targetOfArgument } from "../cli/flags/target-flags.js";
import { terminalScreen } from "../cli/terminal/terminal-screen.js";
import { EXAMPLE_DATASET } from "../app/studies/study-defaults.js";
import { openTarget } from "../app/targets/open-target.js";

const FLUSH_MS = 5000;

/** `llmops bench`: how much load an endpoint takes, and how quickly it answers meanwhile. */
export default class Bench extends BaseCommand {
  static override summary = "Load-test an OpenAI-compatible endpoint: first token, time between tokens, throughput, goodput.";
  static override description =
    "Levels are numbers of requests at a time (--concurrency) or arrivals a second (--rate), whatever was answered meanwhile; then times " +
    "count from when a request was due. With --find-rate the highest rate that meets the objectives is searched. The exit code is 1 when " +
    "an objective is missed at a level asked for, and 3 when more requests failed than --max-failed or nothing was answered.";
  static override examples = [
    "<%= config.bin %> bench http://127.0.0.1:8080 --concurrency 1,2,4,8",
    "<%= config.bin %> bench http://127.0.0.1:8080 --rate 5,10,20 --slo 'ttft<500ms@99%' --slo 'itl<50ms@95%'",
    "<%= config.bin %> bench http://127.0.0.1:8080 --find-rate --slo 'ttft<200ms@99%' --json",
  ];
  static override args = { url: Args.string({ description: "endpoint [default: the model of --model_path, in this process]" }) };
  static override flags = {
    ...argumentTargetFlags,
    concurrency: Flags.string({ char: "c", helpValue: "LIST", description: "requests at a time, as 1,2,4,8 [default: 1,4,16]" }),
    rate: Flags.string({ helpValue: "LIST", description: "arrivals a second, as 1,2.5,5", exclusive: ["concurrency"] }),
    "find-rate": Flags.boolean({
      description: "search the highest rate that meets the objectives",
      exclusive: ["concurrency", "rate"],
      dependsOn: ["slo"],
    }),
    arrival: Flags.option({ options: ["poisson", "constant"] as const, default: "poisson", description: "gaps between arrivals" })(),
    slo: Flags.string({
      multiple: true,
      multipleNonGreedy: true,
      helpValue: "OBJECTIVE",
      description: "such as 'ttft<500ms@99%', 'itl<50ms' or 'e2e<2s@95%'",
    }),
    "max-failed": Flags.string({
      helpValue: "N|SHARE%",
      description: "exit 3 when more requests of a level fail: a number, or a share [default: 0 with --slo, else half of them]",
    }),
    requests: Flags.integer({ min: 1, description: "maximum requests per level [default: as many as fit into its duration]" }),
    duration: Flags.integer({ default: 10, min: 1, description: "maximum seconds per level" }),
    warmup: Flags.integer({ default: 5, min: 0, description: "requests before the first level that do not count" }),
    timeout: Flags.integer({ default: 120, min: 1, description: "seconds one attempt may take; one that takes longer counts as failed" }),
    dataset: Flags.string({
      char: "d",
      helpValue: "FILE",
      description: "questions to ask, in random order [default: the example questions]",
    }),
    map: studyFlags.map,
    max_tokens: Flags.integer({ aliases: ["max-tokens"], default: 64, min: 1, description: "longest completion in tokens" }),
    "ignore-eos": Flags.boolean({ description: "always generate max_tokens, where the endpoint can" }),
    seed: Flags.integer({ default: 42, min: 0, description: "seed of prompts, arrivals and sampling" }),
    "tracking-uri": trackingUriFlag,
    experiment: experimentFlag("bench"),
    ...reportFlags,
  };

  async run(): Promise<BenchResult> {
    const { args, flags, raw } = await this.parse(Bench);
    const choice = targetOfArgument(args.url, { flags, raw });
    checkOutputFlags(flags);
    const slos = (flags.slo ?? []).map(parseSlo);
    const limit = failureLimit(flags["max-failed"], slos.length > 0 && !flags["find-rate"]);
    const loads = flags["find-rate"] ? [] : readLoads(flags);
    const { samples } = await readDataset(flags.dataset ?? EXAMPLE_DATASET, {
      limit: flags.requests ?? 0,
      seed: flags.seed,
      map: flags.map,
    });
    const host = this.asHost();
    const { signal } = host;
    const slots = Math.min(64, Math.max(4, ...loads.map(({ kind, value }) => (kind === "concurrency" ? value : 16))));
    const target = await openTarget(targetOf(choice), { slots }, host);
    const options: LevelOptions = {
      requestAt: (index) => ({
        messages: messagesOf(samples[index % samples.length]),
        ...{ maxTokens: flags.max_tokens, seed: flags.seed + index, ...(flags["ignore-eos"] && { ignoreEndTokens: true }) },
      }),
      ...{ requests: flags.requests ?? Infinity, durationMs: flags.duration * 1000, arrival: flags.arrival, seed: flags.seed, signal },
      timeoutMs: flags.timeout * 1000,
    };
    try {
      await runLevel(target, { kind: "concurrency", value: 1 }, { ...options, requests: flags.warmup });
      return await this.measure(target, { loads, slos, limit, options }, flags);
    } finally {
      await target.close();
    }
  }

  private async measure(
    target: CompletionTarget,
    {
      loads,
      slos,
      limit,
      options,
    }: { loads: readonly Load[]; slos: readonly Slo[]; limit: FailureLimit | undefined; options: LevelOptions },
    flags: OutputFlags & { "tracking-uri": string; experiment: string; max_tokens: number; "find-rate": boolean },
  ): Promise<BenchResult> {
    return withTracker(
      flags["tracking-uri"],
      (text) => this.note(text),
      async ({ tracker, uri }) => {
        const source = { "mlflow.source.name": this.typedName, "mlflow.source.type": "LOCAL" };
        const run = tracker.startRun({ experiment: flags.experiment, name: `bench ${target.model}`, userId: currentUser(), tags: source });
        run.log({
          params: {
            model: target.model,
            target: target.location,
            max_tokens: String(flags.max_tokens),
            slo: slos.map(({ text }) => text).join(", "),
          },
        });
        await tracker.begin();
        this.note(`Load on ${target.model} at ${target.location}.`);
        const level = async (load: Load) => {
          const result = toLevelResult(
            await withProgress(undefined, "requests", (tick) => runLevel(target, load, { ...options, onRequest: tick })),
            slos,
          );
          logLevel(run, result);
          return result;
        };
        const { levels, rate } = await this.levels(flags["find-rate"], loads, level, options.signal);
        run.end(options.signal.aborted ? "KILLED" : "FINISHED");
        await tracker.flush({ deadlineMs: FLUSH_MS });
        const result: BenchResult = {
          ...{
            schema: "llmops.bench/2",
            model: target.model,
            target: target.location,
            max_tokens: flags.max_tokens,
            levels,
            highest_rate: rate,
            errors: reasons(levels, { limit, found: flags["find-rate"] ? { rate } : undefined }),
          },
          ...{ tracking_uri: uri, run_id: tracker.idOf(run) ?? null },
        };
        const report = benchReport(result, flags["find-rate"], terminalScreen().chalk);
        await publishReport(report, flags, (text) => this.log(text));
        process.exitCode = options.signal.aborted ? EXIT.interrupted : exitOf(result, flags["find-rate"]);
        return result;
      },
    );
  }

  private async levels(
    find: boolean,
    loads: readonly Load[],
    level: (load: Load) => Promise<LevelResult>,
    signal: AbortSignal,
  ): Promise<{ levels: LevelResult[]; rate: number | null }> {
    if (find) {
      const { rate, tried } = await findRate((value) => level({ kind: "rate", value }), signal);
      return { levels: tried, rate };
    }
    const levels: LevelResult[] = [];
    for (const load of loads) if (!signal.aborted) levels.push(await level(load));
    return { levels, rate: null };
  }
}

function messagesOf(sample: Sample | undefined): ChatMessage[] {
  return sample ? toMessages(sample, { system: undefined, prompt: undefined }) : [];
}

function readLoads({ concurrency, rate }: { concurrency?: string | undefined; rate?: string | undefined }): Load[] {
  const kind = rate === undefined ? "concurrency" : "rate";
  return (rate ?? concurrency ?? "1,4,16").split(",").map((part) => {
    const value = Number(part);
    if (value > 0 && Number.isFinite(value) && (kind === "rate" || Number.isInteger(value))) return { kind, value };
    throw new LlmopsError("INVALID_ARGUMENT", `"${part}" is not a valid ${kind}.`, { hint: `Write --${kind} 1,2,4.` });
  });
}

/** The metrics of a level, at the load as step. */
function logLevel(run: TrackedRun, result: LevelResult): void {
  const times = (["ttft_ms", "itl_ms", "e2e_ms"] as const).flatMap((name) =>
    Object.entries(result[name]).flatMap(([p, value]) => (value === null ? [] : [{ key: `${name}_${p}`, value: value as number }])),
  );
  const rates = ["requests_per_second", "completion_tokens_per_second"] as const;
  const points = [
    ...times,
    ...rates.map((key) => ({ key, value: result[key] })),
    ...(result.goodput === null ? [] : [{ key: "goodput", value: result.goodput }]),
  ];
  run.log({ metrics: points.map((point) => ({ ...point, step: result.value })) });
}

/** Why levels cannot be used; of a search only the level it found counts, or its lowest, as overload is what it looks for. */
function reasons(
  levels: readonly LevelResult[],
  { limit, found }: { limit: FailureLimit | undefined; found: { rate: number | null } | undefined },
): string[] {
  const counting = found ? levels.filter(({ value }, i) => (found.rate === null ? i === 0 : value === found.rate)) : levels;
  const several = counting.length > 1;
  const whys = counting.flatMap((level) => {
    const why = whyUnusable(level, limit);
    return why === undefined ? [] : [several ? `At ${level.load} ${level.value}: ${why}` : why];
  });
  return levels.length === 0 ? ["Nothing was answered."] : whys;
}

function exitOf({ levels, highest_rate: rate, errors }: BenchResult, found: boolean): number {
  if (errors.length > 0) return EXIT.broken;
  const isMissed = found ? rate === null : levels.some(({ slos }) => slos.some(({ met }) => !met));
  return isMissed ? EXIT.failed : EXIT.done;
}
