import { existsSync } from "node:fs";
import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../base-command.js";
import { EXIT } from "../lib/errors/exit-codes.js";
import { LlmopsError } from "../lib/errors/llmops-error.js";
import { checkSize } from "../lib/gates/check-size.js";
import { toComparisonDocument, type ComparisonDocument } from "../lib/stats/comparison-document.js";
import { pairsReport } from "../lib/report/comparison-table.js";
import { compareScores, scoreScales, type ScoreComparison, type ScoredSource } from "../lib/runs/compare-scores.js";
import { checkPairing } from "../lib/runs/pairing.js";
import { findScoredRun, scoredFile, scoredRun } from "../lib/runs/scored-source.js";
import { findStudy } from "../lib/study/study-folder.js";
import type { TrackingStore } from "../lib/tracking/tracking-store.js";
import { checkOutputFlags, publishReport, reportFlags } from "../output-flags.js";
import { trackingUriFlag, withStore } from "../store-flags.js";
import { comparingFlags, studyFolder } from "../study-flags.js";

interface CompareDocument {
  schema: "llmops.compare/1";
  sources: string[];
  comparisons: (ComparisonDocument & { source: string; score: string })[];
}

/** `llmops compare`: is B really better than A? */
export default class Compare extends BaseCommand {
  static override summary = "Say, score by score, whether results really differ: paired by sample, with an interval and a verdict.";
  static override description =
    "Results are runs (ids, beginnings of ids, names), studies (their best setting; last is the last one), or files: baselines, eval_results_table.json, " +
    "what sweep --json printed, or rows with an id and scores (JSONL, JSON, YAML, CSV, TSV, also .gz), paired by id. The first is what " +
    "the others are compared with. With --gate the exit code is 1 when a gated score is worse, 5 when the samples cannot tell.";
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
    const sources = await this.load(names, flags["tracking-uri"]);
    for (const left of checkPairing(sources)) this.note(left);
    const { gate: gated = [], correction, "min-effect": minEffect } = flags;
    checkMinEffect(sources, gated, minEffect);
    const comparisons = compareScores(sources, { correction, minEffect });
    const labels = sources.map(({ name }, i) => (sources.some((other, j) => j !== i && other.name === name) ? (names[i] ?? name) : name));
    process.exitCode = gate(comparisons, gated);
    await publishReport(pairsReport(labels, comparisons, gated), flags, (text) => this.log(text));
    return {
      schema: "llmops.compare/1",
      sources: labels,
      comparisons: comparisons.map((comparison) => ({
        source: labels[comparison.source] ?? "",
        score: comparison.score,
        ...toComparisonDocument(comparison),
      })),
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

function gate(comparisons: readonly ScoreComparison[], scores: readonly string[]): number {
  const gated = comparisons.filter(({ score }) => scores.includes(score));
  const missing = scores.find((score) => !gated.some((comparison) => comparison.score === score));
  if (missing !== undefined) {
    throw new LlmopsError("INVALID_ARGUMENT", `The results have no score "${missing}" in common.`, {
      hint: `They have: ${[...new Set(comparisons.map(({ score }) => score))].join(", ") || "none"}.`,
    });
  }
  if (gated.some(({ verdict }) => verdict === "worse")) return EXIT.failed;
  const isSame = ({ low, high }: ScoreComparison) => low === 0 && high === 0;
  return gated.some((one) => one.verdict === "cannot tell" && !isSame(one)) ? EXIT.cannotTell : EXIT.done;
}
