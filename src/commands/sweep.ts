import { appendFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Flags } from "@oclif/core";
import chalk from "chalk";
import { BaseCommand } from "../base-command.js";
import { currentUser, stepSummaryPath } from "../lib/config/environment.js";
import { readDataset } from "../lib/dataset/read-dataset.js";
import type { Dataset } from "../lib/dataset/sample.js";
import { sweepCsv } from "../lib/report/sweep-csv.js";
import { sweepMarkdown } from "../lib/report/sweep-markdown.js";
import { renderSweep } from "../lib/report/sweep-table.js";
import { findReferenceScorer, REFERENCE_SCORERS } from "../lib/scoring/scorers.js";
import { parseSearchSpace } from "../lib/study/search-space.js";
import { planSweep } from "../lib/study/plan-sweep.js";
import { countCells, type StudyPlan } from "../lib/study/study.js";
import { runSweep } from "../lib/study/sweep.js";
import type { SweepResult } from "../lib/study/sweep-result.js";
import { checkOutputs, writeOutput } from "../output-files.js";
import { withProgress } from "../progress.js";
import { experimentFlag, trackingUriFlag, withTracker } from "../store-flags.js";
import { openTarget, targetFlags } from "../target-flags.js";

const EXAMPLE_DATASET = fileURLToPath(new URL("../../examples/qa.jsonl", import.meta.url));
/** Rows of a dataset used when --limit is not given: five settings times three repeats of the demo model end well within two minutes. */
const DEFAULT_LIMIT = 200;
const INTERRUPTED = 130;

/** `llmops sweep`: every setting over a dataset, scored, compared and recorded. */
export default class Sweep extends BaseCommand {
  static override summary = "Try several values of sampling parameters on a dataset and say which is best.";
  static override description =
    "Values are a range a..b (5 points), a..b:step, or a list a,b,c. Several parameters make a grid. " +
    "Parameters: temperature, top_p, top_k, min_p, frequency_penalty, presence_penalty, max_tokens.";
  static override strict = false;
  static override usage = "sweep PARAMETER VALUES... [FLAGS]";
  static override examples = [
    "<%= config.bin %> sweep temperature 0.1..0.9",
    "<%= config.bin %> sweep temperature=0,0.5,1 top_p=0.5,0.9 --limit 100",
    "<%= config.bin %> sweep temperature 0..2:0.5 --endpoint http://127.0.0.1:8080 --json",
  ];
  static override flags = {
    ...targetFlags,
    dataset: Flags.string({ char: "d", helpValue: "FILE", description: "JSONL with question and answer [default: the example questions]" }),
    limit: Flags.integer({ min: 0, description: `use a random subset of so many rows; 0 uses all [default: ${DEFAULT_LIMIT}]` }),
    repeats: Flags.integer({ min: 1, max: 1000, description: "completions per row and setting [default: 3, or 1 at temperature 0]" }),
    seed: Flags.integer({ default: 42, min: 0, description: "seed of the whole study; the same seed repeats it" }),
    concurrency: Flags.integer({ char: "c", default: 4, min: 1, max: 64, description: "completions running at the same time" }),
    scorer: Flags.string({
      default: REFERENCE_SCORERS[0]?.name ?? "",
      options: REFERENCE_SCORERS.map((scorer) => scorer.name),
      description: "how accuracy is measured against the reference answer",
    }),
    system: Flags.string({ description: "system prompt of every request", helpValue: "TEXT" }),
    max_tokens: Flags.integer({ aliases: ["max-tokens"], default: 64, min: 1, description: "longest completion in tokens" }),
    "tracking-uri": trackingUriFlag,
    experiment: experimentFlag("sweep"),
    markdown: Flags.string({
      helpValue: "FILE",
      description: "also write the result as Markdown; a GitHub step summary gets it by itself",
    }),
    csv: Flags.string({ helpValue: "FILE", description: "also write the settings and their metrics as CSV" }),
  };

  async run(): Promise<SweepResult> {
    const { flags, argv } = await this.parse(Sweep);
    const dimensions = parseSearchSpace(argv as string[]);
    checkOutputs([flags.markdown, flags.csv]);
    const dataset = await readDataset(flags.dataset ?? EXAMPLE_DATASET);
    const plan = planSweep(dimensions, dataset, {
      limit: flags.limit ?? DEFAULT_LIMIT,
      repeats: flags.repeats,
      seed: flags.seed,
      concurrency: flags.concurrency,
      maxTokens: flags.max_tokens,
      systemPrompt: flags.system,
      primary: findReferenceScorer(flags.scorer),
    });
    const signal = this.listenForInterrupt();
    const target = await openTarget(flags, plan.concurrency, signal);
    try {
      return await withTracker(
        flags["tracking-uri"],
        (text) => this.note(text),
        async ({ tracker, uri }) => {
          this.note(announce(plan, dataset, target.model, flags.limit === undefined));
          const typed = `${this.typedName} ${this.argv.join(" ")}`;
          const recorder = { tracker, experiment: flags.experiment, command: this.typedName, user: currentUser(), trackingUri: uri };
          const result = await withProgress(countCells(plan), "cells", (tick) =>
            runSweep(plan, target, { ...recorder, typed, available: dataset.samples.length, signal, onCell: tick }),
          );
          this.log(renderSweep(result, chalk));
          await writeFiles(result, flags);
          if (result.study.status === "interrupted") process.exitCode = INTERRUPTED;
          return result;
        },
      );
    } finally {
      await target.close();
    }
  }
}

async function writeFiles(
  result: SweepResult,
  { markdown, csv }: { markdown?: string | undefined; csv?: string | undefined },
): Promise<void> {
  const summary = stepSummaryPath();
  if (markdown !== undefined) await writeOutput(markdown, sweepMarkdown(result));
  if (summary !== undefined) await appendFile(summary, sweepMarkdown(result));
  if (csv !== undefined) await writeOutput(csv, sweepCsv(result));
}

function announce(plan: StudyPlan, { samples }: Dataset, model: string, byDefault: boolean): string {
  const used = plan.dataset.samples.length;
  const subset = used === samples.length ? `all ${used} rows` : `${used} of ${samples.length} rows`;
  const why = byDefault && used < samples.length ? ` (default --limit ${DEFAULT_LIMIT}; --limit 0 uses all)` : "";
  return `Sweeping ${model}: ${subset}${why}, ${countCells(plan)} completions.`;
}
