import { existsSync } from "node:fs";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { LlmopsError } from "../lib/base/errors/llmops-error.js";
import { checkSize } from "../lib/experiments/gates/check-size.js";
import { exitCodeOf, parseFailureLimit, type CheckResult } from "../lib/experiments/gates/checks.js";
import { toComparisonDocument, type ComparisonDocument } from "../lib/base/stats/comparison-document.js";
import { pairsReport } from "../lib/report/comparison-table.js";
import { alignSamples } from "../lib/experiments/runs/align-samples.js";
import { compareScores, scoreScales } from "../lib/experiments/runs/compare-scores.js";
import { checkComparisons } from "../lib/experiments/runs/comparison-gate.js";
import { checkPairing } from "../lib/experiments/runs/pairing.js";
import type { ScoredSource } from "../lib/experiments/runs/sample-scores.js";
import { findScoredRun, scoredFile, scoredRun } from "../lib/experiments/runs/scored-source.js";
import { findStudy } from "../lib/experiments/study/study-folder.js";
import type { TrackingStore } from "../lib/tracking/tracking-store.js";
import { checkOutputFlags, publishReport, reportFlags } from "../cli/flags/output-flags.js";
import { withStore } from "../app/tracking/with-store.js";
import { trackingUriFlag } from "../cli/flags/store-flags.js";
import { comparingFlags } from "../cli/flags/study-flags.js";
import { describeCheck } from "../cli/output/describe-check.js";
import { studyFolder } from "../app/studies/study-folders.js";

interface CompareDocument {
  schema: "llmops.compare/1";
  sources: string[];
  comparisons: (ComparisonDocument & { source: string; score: string })[];
  /** What --gate asks. */
  checks: CheckResult[];
}

/** `llmops compare`: is B really better than A? */
export default class Compare extends BaseCommand {
  static override summary = "Say, score by score, whether results really differ: paired by sample, with an interval and a verdict.";
  static override description =
    "Results are runs (ids, beginnings of ids, names), studies (their best setting; last is the last one), or files: baselines, eval_results_table.json, " +
    "what sweep --json printed, or rows with an id and scores (JSONL, JSON, YAML, CSV, TSV, also .gz), paired by id. The first is what " +
    "the others are compared with. With --gate the exit code is 1 when a gated score is worse, 3 when rows of a result lack it, 5 when the samples cannot tell.";
  static override examples = [
    "<%= config.bin %> compare 745ea258 2b30d01d",
    "<%= config.bin %> compare .llmops/baselines/main.json 20261121-133502-4f9a --gate accuracy --min-effect 0.02",
    "<%= config.bin %> compare before.jsonl after.jsonl --json",
  ];
  static override strict = false;
  static override usage = "compare RESULT RESULT... [FLAGS]";
  static override args = { result: Args.string({ description: "two results or more: runs, studies or files", required: true }) };
  static override flags = {
    "tracking-uri": trackingUriFlag,
    ...comparingFlags,
    gate: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: "SCORE", description: "a score that decides the exit code" }),
    "max-failed": Flags.string({
      helpValue: "N|SHARE%",
      dependsOn: ["gate"],
      description: "exit 3 when more rows of a result lack a gated score: a number, or a share of its rows [default: 0]",
    }),
    ...reportFlags,
  };

  async run(): Promise<CompareDocument> {
    const { argv, flags } = await this.parse(Compare);
    const names = argv as string[];
    checkOutputFlags(flags);
    if (names.length < 2) {
      throw new LlmopsError("INVALID_ARGUMENT", "One result alone cannot be compared.", {
        hint: "Name two or more runs, studies or files.",
      });
    }
    const { gate: gated = [], correction, "min-effect": minEffect, "max-failed": maxFailed = "0" } = flags;
    const limit = parseFailureLimit(maxFailed);
    const { sources, notes } = alignSamples(await this.load(names, flags["tracking-uri"]));
    for (const left of notes) this.note(left);
    for (const left of checkPairing(sources)) this.note(left);
    checkMinEffect(sources, gated, minEffect);
    const comparisons = compareScores(sources, { correction, minEffect });
    const labels = sources.map(({ name }, i) => (sources.some((other, j) => j !== i && other.name === name) ? (names[i] ?? name) : name));
    const named = sources.map((source, i) => ({ ...source, name: labels[i] ?? source.name }));
    const checks = checkComparisons(named, comparisons, { scores: gated, limit, minEffect });
    process.exitCode = exitCodeOf({ status: "finished", checks, done: 0, scored: 0 });
    await publishReport(pairsReport(labels, comparisons, gated), flags, (text) => this.log(text));
    for (const check of checks) this.log(describeCheck(check));
    return {
      schema: "llmops.compare/1",
      sources: labels,
      comparisons: comparisons.map((comparison) => ({
        source: labels[comparison.source] ?? "",
        score: comparison.score,
        ...toComparisonDocument(comparison),
      })),
      checks,
    };
  }

  /** The store is opened only where a name is no file. */
  private load(names: readonly string[], trackingUri: string): Promise<ScoredSource[]> {
    const find = async (store: TrackingStore, name: string) => scoredRun(store, await findScoredRun(store, name));
    const one = (name: string) => {
      const fromStore = (id: string) => withStore(trackingUri, (store) => find(store, id));
      if (existsSync(name)) return scoredFile(name, fromStore);
      return fromStore(name === "last" ? findStudy(studyFolder(), name).id : name);
    };
    return Promise.all(names.map(one));
  }
}

/** Throws INVALID_ARGUMENT for a difference that would matter of no gated score; without gates, of no score at all. */
function checkMinEffect(sources: readonly ScoredSource[], gated: readonly string[], minEffect: number): void {
  const scales = scoreScales(sources);
  const deciding = scales.filter(({ name }) => gated.includes(name));
  if (deciding.length === 0 && scales.some(({ largest = Infinity }) => minEffect < largest)) return;
  for (const scale of deciding.length > 0 ? deciding : scales) checkSize("--min-effect", minEffect, scale);
}
