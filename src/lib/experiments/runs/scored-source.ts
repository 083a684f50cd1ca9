import { basename } from "node:path";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";
import { readDirections } from "../../base/stats/metric-directions.js";
import type { Direction } from "../../base/stats/verdict.js";
import { listExperiments } from "../../tracking/find-experiment.js";
import type { Run } from "../../tracking/records.js";
import type { TrackingStore } from "../../tracking/tracking-store.js";
import { baselineSchema, baselineSource } from "./baseline.js";
import { findRun } from "./find-runs.js";
import { checkOneRowEach, parseTable, readSampleTable, type ScoredSource } from "./sample-scores.js";
import { readScoreRows, type ScoreRows } from "./score-rows.js";

const STUDY_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

/** The scores of single samples a run recorded. */
export async function scoredRun(store: TrackingStore, run: Run): Promise<ScoredSource> {
  const table = await readSampleTable(store, run);
  return { name: run.runName, scores: table?.scores, directions: recordedDirections(run), table };
}

/** Which way the scores of a run are better, as its tag says. */
export function recordedDirections({ tags }: Pick<Run, "tags">): Record<string, Direction> {
  return readDirections(parseJson(tags["llmops.directions"] ?? "{}"));
}

/** The run an id or name means: of a study its best setting's. Throws STORE_NOT_FOUND or STORE_CONFLICT. */
export async function findScoredRun(store: TrackingStore, name: string): Promise<Run> {
  return STUDY_ID.test(name) ? findBestOfStudy(store, name) : findRun(store, name);
}

/** The run of the best setting of a study. Throws STORE_NOT_FOUND. */
export async function findBestOfStudy(store: TrackingStore, studyId: string): Promise<Run> {
  const experimentIds = (await listExperiments(store)).map(({ experimentId }) => experimentId);
  const filter = `tags.\`llmops.study_id\` = '${studyId}' AND tags.\`llmops.best\` = 'true'`;
  const [run] = (await store.searchRuns({ experimentIds, filter, maxResults: 1 })).items;
  if (run) return run;
  throw new LlmopsError("STORE_NOT_FOUND", `${store.uri} has no best run of the study ${studyId}.`, {
    hint: "Name the store it was recorded in with --tracking-uri.",
  });
}

/**
 * Scores from a file: a baseline, an eval_results_table.json, rows with an id and scores in any format of a dataset, or what `sweep
 * --json` printed, whose best run is then looked up by `find`. Throws INVALID_ARGUMENT, also for ids of several rows, and DATASET_INVALID naming a line.
 */
export async function scoredFile(path: string, find: (runId: string) => Promise<ScoredSource>): Promise<ScoredSource> {
  const content = readContent(path);
  const value = parseJson(content);
  const name = basename(path);
  const baseline = baselineSchema.safeParse(value);
  if (baseline.success) {
    return baselineSource(name, baseline.data);
  }
  const runId = (value as { best?: { run_id?: unknown } } | undefined)?.best?.run_id;
  if (typeof runId === "string") return find(runId);
  const parsed = parseTable(content, path);
  const { columns, data, table } = parsed ? { columns: [], data: [], table: parsed } : await rowsOf(path);
  checkOneRowEach(columns, data, path);
  if (table) return { name, scores: table.scores, directions: {}, table };
  const there = columns.length === 0 ? "" : ` in its columns: ${columns.join(", ")}`;
  throw noScores(`${path} has no scores of single samples${there}.`);
}

async function rowsOf(path: string): Promise<ScoreRows> {
  try {
    return await readScoreRows(path);
  } catch (cause) {
    if (!(cause instanceof LlmopsError) || (cause.code !== "DATASET_INVALID" && cause.code !== "INVALID_ARGUMENT")) throw cause;
    throw noScores(`${path} has no scores that can be read: ${cause.message}`, cause);
  }
}

function noScores(message: string, cause?: Error): LlmopsError {
  const hint =
    "Name a baseline, an eval_results_table.json, the output of sweep --json, or rows with an id and scores in JSONL, JSON, YAML, CSV or " +
    'TSV, such as {"id": "a", "accuracy": 1}.';
  return new LlmopsError("INVALID_ARGUMENT", message, { hint, ...(cause && { cause }) });
}

function readContent(path: string): string {
  try {
    return readTextFile(path);
  } catch (cause) {
    throw new LlmopsError("INVALID_ARGUMENT", `${path} cannot be read: ${messageOf(cause)}.`, {
      hint: "Name a result file or a run.",
      cause,
    });
  }
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined; // rows may stand line by line
  }
}
