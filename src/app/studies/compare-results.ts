import type { CompareDocument } from "../documents/projects.js";
import { LlmopsError } from "../../lib/base/errors/llmops-error.js";
import { toComparisonDocument } from "../../lib/base/stats/comparison-document.js";
import type { Direction } from "../../lib/base/stats/verdict.js";
import type { Correction } from "../../lib/base/stats/multiplicity.js";
import { parseFailureLimit } from "../../lib/experiments/gates/checks.js";
import { alignSamples } from "../../lib/experiments/runs/align-samples.js";
import { compareScores, describeUndirected, withDirections } from "../../lib/experiments/runs/compare-scores.js";
import { checkComparisons } from "../../lib/experiments/runs/comparison-gate.js";
import { checkPairing } from "../../lib/experiments/runs/pairing.js";
import type { Host } from "../host/host.js";
import { DEFAULT_TRACKING_URI } from "../targets/open-target.js";
import { readResult } from "./read-result.js";
import { checkMinEffect, scoresOf, type ResultScores } from "./result-scores.js";

export type { CompareDocument };

/** Results that are compared, and what has to come of it. */
export interface CompareOptions {
  /** Runs, studies or files; the others are compared with the first. */
  results: readonly string[];
  /** The scores that decide. */
  gated?: readonly string[] | undefined;
  /** For many comparisons; "holm" when absent. */
  correction?: Correction | undefined;
  /** Differences of a score below it do not matter; 0 when absent. */
  minEffect?: number | undefined;
  /** The most rows of a result that may lack a gated score: a number, or a share as "5%". None when absent. */
  maxFailed?: string | undefined;
  /** Which way scores are better, by their names: the user's own words, which win. */
  directions?: Readonly<Record<string, Direction>> | undefined;
  trackingUri?: string | undefined;
}

/** What a comparison came to. */
export interface ComparedResults extends ResultScores {
  document: CompareDocument;
  comparisons: ReturnType<typeof compareScores>;
  notes: readonly string[];
}

/** Compares results score by score, paired by sample. Throws INVALID_ARGUMENT, STUDY_NOT_FOUND, and what reading a result throws. */
export async function compareResults(options: CompareOptions, { note }: Pick<Host, "note">): Promise<ComparedResults> {
  const { results: names, gated = [], correction = "holm", minEffect = 0, maxFailed = "0", trackingUri = DEFAULT_TRACKING_URI } = options;
  if (names.length < 2) {
    throw new LlmopsError("INVALID_ARGUMENT", "A single result cannot be compared.", {
      hint: "Name two or more runs, studies or files.",
    });
  }
  const limit = parseFailureLimit(maxFailed);
  const results = await Promise.all(names.map((name) => readResult(name, trackingUri)));
  const { sources, notes } = alignSamples(withDirections(results, options.directions ?? {}));
  const left = [...notes, ...checkPairing(sources)];
  checkMinEffect(sources, gated, minEffect);
  const comparisons = compareScores(sources, { correction, minEffect });
  const undirected = describeUndirected(comparisons, sources);
  if (undirected !== undefined) left.push(undirected);
  for (const text of left) note(text);
  const labels = sources.map(({ name }, i) => (sources.some((other, j) => j !== i && other.name === name) ? (names[i] ?? name) : name));
  const named = sources.map((source, i) => ({ ...source, name: labels[i] ?? source.name }));
  const checks = checkComparisons(named, comparisons, { scores: gated, limit, minEffect });
  const documents = comparisons.map((comparison) => {
    const { source, score } = comparison;
    return { source: labels[source] ?? "", score, ...toComparisonDocument(comparison) };
  });
  return {
    ...{ document: { schema: "llmops.compare/1", sources: labels, comparisons: documents, checks }, comparisons, notes: left },
    ...scoresOf(sources),
  };
}
