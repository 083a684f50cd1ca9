import type { RunRow } from "../../../api/documents.js";
import type { CellCounts, Direction, ParamValue } from "../../../api/study-parts.js";
import type { Comparison, SettingDocument, SweepDocument } from "../../../api/sweep-document.js";
import { toNumber } from "../../../format/numbers.js";

/** A score of a setting with its 95 % interval; `n` is null where only the setting's run is known yet. */
export interface Score {
  mean: number;
  low: number | null;
  high: number | null;
  n: number | null;
}

/** A setting of a sweep, from the study's document, and from its run where that is newer. */
export interface StudySetting {
  name: string;
  params: ReadonlyMap<string, ParamValue>;
  scores: ReadonlyMap<string, Score>;
  cells: Partial<CellCounts> & { done: number };
  /** By scorer: answers it gave no value. */
  unscoredBy: ReadonlyMap<string, number>;
  letters: string;
  isOnFront: boolean;
  isBest: boolean;
  /** What the best one is called: "highest" where it is not shown to be better than any other. */
  bestName: string;
  isReference: boolean;
  /** Not told apart from the best, where others are. */
  isTied: boolean;
  stopped: string | null;
  memoryBytes: number | null;
  comparison: Comparison | null;
  runId: string | null;
}

/** The settings of a sweep: those of its document; before there is one, and where they are further, those of its runs. */
export function studySettings(document: SweepDocument | undefined, children: readonly RunRow[]): StudySetting[] {
  if (!document) return settingsOfRuns(children);
  const runs = new Map(children.map((run) => [run.run_id, run]));
  const key = (params: Readonly<Record<string, ParamValue>> | null | undefined) => JSON.stringify(params ?? null);
  const { best, reference, study } = document;
  const tied = new Set((best?.tied_with ?? []).map(({ params }) => key(params)));
  const scored = document.settings.filter(({ metrics }) => metrics[study.metric]).length;
  const isShown = scored < 2 || tied.size < scored - 1;
  const bestName = isShown ? "best" : study.direction === "min" ? "lowest" : "highest";
  return document.settings.map((setting) => {
    const own = key(setting.params);
    const marks = {
      ...{ bestName, isBest: best !== null && own === key(best.params), isTied: isShown && tied.has(own) },
      isReference: reference !== null && own === key(reference),
    };
    const run = setting.run_id === null ? undefined : runs.get(setting.run_id);
    return withRun({ ...ofDocument(setting, document), ...marks }, run, study.metric);
  });
}

function ofDocument(
  setting: SettingDocument,
  { study }: SweepDocument,
): Omit<StudySetting, "isBest" | "bestName" | "isTied" | "isReference"> {
  const { name, params, metrics, cells, letters, pareto, stopped, model, comparison, run_id } = setting;
  const scores = Object.entries(metrics).flatMap(([key, { mean, low, high, n }]): [string, Score][] =>
    // the scorer that decides is also kept under the metric's name
    mean === null || (key === study.scorer && study.metric !== study.scorer) ? [] : [[key, { mean, low, high, n }]],
  );
  return {
    ...{ name, params: new Map(Object.entries(params)), scores: new Map(scores), cells, letters, stopped, comparison },
    unscoredBy: new Map(Object.entries(setting.unscored)),
    ...{ isOnFront: pareto, memoryBytes: model?.memory_bytes ?? null, runId: run_id },
  };
}

/** A setting as its run has it, where the run has more cells than the document had. */
function withRun(setting: StudySetting, run: RunRow | undefined, metric: string): StudySetting {
  const done = toNumber(run?.metrics["cells"]?.last);
  const score = run && runningScore(run, metric);
  if (!score || !(done > setting.cells.done)) return setting;
  return { ...setting, cells: { ...setting.cells, done }, scores: new Map([...setting.scores, [metric, score]]) };
}

function runningScore({ metrics }: RunRow, key: string): Score | undefined {
  const mean = toNumber(metrics[key]?.last);
  const end = (which: string) => {
    const value = toNumber((metrics[`${key}.${which}`] ?? metrics[`${key}_ci_${which}`])?.last);
    return Number.isFinite(value) ? value : null;
  };
  return Number.isFinite(mean) ? { mean, low: end("low"), high: end("high"), n: null } : undefined;
}

function settingsOfRuns(children: readonly RunRow[]): StudySetting[] {
  const varied = variedTexts(children);
  return children.map((run) => ({
    name: run.run_name,
    params: new Map(
      Object.entries(run.params)
        .filter(([name]) => varied.has(name))
        .map(([name, text]) => [name, toValue(text)]),
    ),
    scores: new Map(
      scoreKeys(run).flatMap((key): [string, Score][] => {
        const score = runningScore(run, key);
        return score ? [[key, score]] : [];
      }),
    ),
    cells: { done: Number.isFinite(toNumber(run.metrics["cells"]?.last)) ? toNumber(run.metrics["cells"]?.last) : 0 },
    ...{
      unscoredBy: new Map(),
      letters: "",
      isOnFront: false,
      isBest: false,
      bestName: "best",
      isReference: false,
      isTied: false,
      stopped: null,
    },
    ...{ memoryBytes: null, comparison: null, runId: run.run_id },
  }));
}

/** Params in which runs differ: the others are alike in all settings. */
function variedTexts(children: readonly RunRow[]): Set<string> {
  const names = new Set(children.flatMap(({ params }) => Object.keys(params)));
  return new Set([...names].filter((name) => new Set(children.map(({ params }) => params[name])).size > 1));
}

/** Metrics that have an interval around them. */
function scoreKeys({ metrics }: RunRow): string[] {
  return Object.keys(metrics).filter((key) => metrics[`${key}.low`] !== undefined || metrics[`${key}_ci_low`] !== undefined);
}

function toValue(text: string): ParamValue {
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

/** What is known of a score beside its values. */
export interface ScoreKind {
  name: string;
  isRate: boolean;
  direction: Direction;
}

const USUAL_DIRECTIONS = new Map<string, Direction>([
  ["latency_seconds", "min"],
  ["first_token_seconds", "min"],
  ["tokens_per_second", "max"],
]);

/** The scores that settings have: the one that decides first, then the others that were asked for, then what is measured anyway. */
export function scoreKinds(document: SweepDocument | undefined, settings: readonly StudySetting[]): ScoreKind[] {
  const found = [...new Set(settings.flatMap(({ scores }) => [...scores.keys()]))];
  const { metric, kind, direction = "none", scorers = [], measured = scorers } = document?.study ?? {};
  const asked = new Set(scorers.map(({ name }) => name));
  const known = new Map(measured.map((scorer) => [scorer.name, scorer]));
  const order = (name: string) => (name === metric ? 0 : asked.has(name) ? 1 : USUAL_DIRECTIONS.has(name) ? 3 : 2);
  return found
    .sort((a, b) => order(a) - order(b))
    .map((name) => {
      if (name === metric) return { name, isRate: kind === "rate", direction };
      const scorer = known.get(name);
      return { name, isRate: scorer?.kind === "rate", direction: scorer?.direction ?? USUAL_DIRECTIONS.get(name) ?? "none" };
    });
}
