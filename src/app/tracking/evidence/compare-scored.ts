import { compareScores, describeUndirected, directionOf, type ScoreComparison } from "../../../lib/experiments/runs/compare-scores.js";
import { alignSamples } from "../../../lib/experiments/runs/align-samples.js";
import type { ScoredSource } from "../../../lib/experiments/runs/sample-scores.js";
import { scoredRun } from "../../../lib/experiments/runs/scored-source.js";
import { invalid } from "../../../lib/tracking/mlflow-error.js";
import type { Run } from "../../../lib/tracking/records.js";
import type { ComparisonAnswer, ComparisonRequest, PairedVerdict } from "../../../lib/tracking/server/evidence.js";
import type { TrackingBackend } from "../../../lib/tracking/tracking-backend.js";

/** Compares a score of runs with the baseline's, sample by sample. Throws INVALID_PARAMETER_VALUE for a score the baseline lacks. */
export async function compareScored(store: TrackingBackend, request: ComparisonRequest): Promise<ComparisonAnswer> {
  const runs = await Promise.all([request.baseline, ...request.runIds].map((runId) => store.getRun(runId)));
  const sources: ScoredSource[] = [];
  for (const run of runs) sources.push(await scoredRun(store, run)); // one table at a time is in memory as text
  const [first, ...others] = sources;
  const scores = [...(first?.scores?.keys() ?? [])];
  const score = request.score ?? decidingScore(runs[0], scores);
  if (request.score !== undefined && !scores.includes(request.score)) {
    throw invalid(`The run ${request.baseline} has no scores of single samples named ${JSON.stringify(request.score)}.`);
  }
  const compared = first === undefined || score === undefined ? [] : [only(first, score), ...others.map((other) => only(other, score))];
  const paired = compareScores(compared);
  const undirected = describeUndirected(paired, compared);
  return {
    ...{ score, scores, directions: directionsOf(runs, sources) },
    notes: [...(compared.length > 1 ? alignSamples(compared).notes : []), ...(undirected === undefined ? [] : [undirected])],
    pairs: paired.map((pair) => toPair(runs[pair.source]?.runId ?? "", pair)),
  };
}

function toPair(runId: string, pair: ScoreComparison): PairedVerdict {
  const { n: samples, difference, low, high, confidence, pValue, test, verdict, furtherSamples } = pair;
  return { runId, samples, difference, low, high, confidence, pValue, test, verdict, furtherSamples };
}

function decidingScore(run: Run | undefined, scores: readonly string[]): string | undefined {
  const named = run?.tags["llmops.metric"];
  return scores.find((score) => score === named) ?? scores[0];
}

function only(source: ScoredSource, score: string): ScoredSource {
  const bySample = source.scores?.get(score);
  return { ...source, scores: bySample && new Map([[score, bySample]]) };
}

function directionsOf(runs: readonly Run[], sources: readonly ScoredSource[]): ComparisonAnswer["directions"] {
  const keys = new Set(runs.flatMap(({ metrics }) => metrics.map(({ key }) => key)));
  return Object.fromEntries([...keys].map((key) => [key, directionOf(key, sources) ?? "none"]));
}
