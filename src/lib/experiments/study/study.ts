import { z } from "zod";
import type { Dataset } from "../dataset/sample.js";
import type { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Completion } from "../../inference/openai/completion.js";
import type { ThoughtMarks } from "../../inference/openai/thoughts.js";
import type { Scorer } from "../scoring/scorer.js";
import type { Correction } from "../../base/stats/multiplicity.js";

export const settingSchema = z.record(z.string(), z.union([z.number(), z.string()]));

/** Parameter values by name, such as { temperature: 0.3 }; `strategy` names a named one. */
export type Setting = z.infer<typeof settingSchema>;

/** Names told apart are no longer than this, unless nothing shorter does it. */
const LONGEST_NAME = 60;

/** What becomes of what models think before they answer. */
export interface ThinkingOptions {
  /** The marks around thoughts, all that there are. */
  marks: readonly ThoughtMarks[];
  /** Scorers get the thoughts before the answer. */
  scored: boolean;
}

/** What a study will do: every setting over every sample, repeated. */
export interface StudyPlan {
  name: string;
  settings: Setting[];
  /** Parameters that all settings share. */
  fixed: Setting;
  /** The index of the setting the others are compared with; the best one when null. */
  reference: number | null;
  dataset: Dataset;
  /** Answers that are there already, by sample id: they are scored, and the target is not asked. */
  responses?: ReadonlyMap<string, string>;
  /** What an earlier study was answered: it is scored as it is, the target is not asked, and what has no answer there stays open. */
  stored?: StoredCells;
  /** How thoughts are told from answers, where that is not by the marks known of models, and whether scorers see them. */
  thinking?: ThinkingOptions;
  /** Repeats per sample, one count per setting. */
  repeats: number[];
  /** Repeats a setting may come to have where an interval stays too wide. */
  mostRepeats: number;
  scorers: Scorer[];
  /** The scorer whose mean names the best setting. */
  primary: Scorer;
  /** Names of the scorers that were asked for, the primary one first; only it where nothing says. */
  asked?: readonly string[];
  /** The texts of prompt parameters, by their values. */
  texts: Record<string, string>;
  seed: number;
  concurrency: number;
  correction: Correction;
  /** Differences of the primary score below it do not matter. */
  minEffect: number;
}

/** Cells of an earlier study. */
export interface StoredCells {
  /** The study that was answered, and the command that continues it. */
  from: { id: string; resume: string };
  has(cell: Cell): boolean;
  /** The answer of a cell as it came, or the error it failed with. */
  answer(cell: Cell): Completion | LlmopsError | undefined;
  /** Why cells without an answer were never asked, where that was on purpose. */
  readonly stopped?: string;
}

/** One (setting, sample, repeat); indices into the plan. */
export interface Cell {
  setting: number;
  sample: number;
  repeat: number;
}

/** The number of cells of a plan. */
export function countCells(plan: StudyPlan): number {
  return plan.repeats.reduce((sum, repeats) => sum + repeats * plan.dataset.samples.length, 0);
}

/** The number of cells of one setting. */
export function plannedCells({ repeats, dataset }: StudyPlan, setting: number): number {
  return (repeats[setting] ?? 0) * dataset.samples.length;
}

/** The name of the metric that decides: accuracy for a rate of right answers, otherwise the scorer's own. */
export function primaryMetric({ primary }: Pick<StudyPlan, "primary">): string {
  return primary.kind === "rate" && primary.needsReference === true ? "accuracy" : primary.name;
}

/** True where sampling has no choice, so that repeats would be copies. */
export function isGreedy(fixed: Setting, setting: Setting): boolean {
  return { ...fixed, ...setting }["temperature"] === 0;
}

/**
 * A setting in words: "temperature=0.3, top_p=0.9"; a strategy by its name, the setting without parameters "default". Values that
 * would look the same as those of other settings `among` which it stands are told apart.
 */
export function describeSetting(setting: Setting, among: readonly Setting[] = []): string {
  if (typeof setting["strategy"] === "string") return setting["strategy"];
  const parts = Object.entries(setting).map(([name, value]) => {
    const others = among.flatMap((other) => other[name] ?? []);
    return `${name}=${tellApart(value, others)}`;
  });
  return parts.length === 0 ? "default" : parts.join(", ");
}

/** A value as tables show it, in as few words as tell it from the others: v1/model.gguf and v2/model.gguf, host:8080 and host:8081. */
export function tellApart(value: number | string, others: readonly (number | string)[]): string {
  const rivals = [...new Set(others)].filter((other) => other !== value);
  const depth = String(value).split("/").length;
  const ways = [shorten, ...Array.from({ length: depth }, (_, i) => (text: number | string) => lastParts(text, i + 1)), String];
  const short = ways.find((way) => way(value).length <= LONGEST_NAME && rivals.every((rival) => way(rival) !== way(value)));
  return short ? short(value) : `${shorten(value)} (${[...new Set(others)].indexOf(value) + 1})`;
}

function lastParts(value: number | string, count: number): string {
  return String(value).split("/").slice(-count).join("/");
}

/** A value as tables show it: paths by their last part, URLs by their host and what follows, long texts cut. */
export function shorten(value: number | string, longest = 24): string {
  const text = String(value).replace(/\s+/g, " ");
  if (text.length <= longest) return text;
  const [, place] = /^https?:\/\/([^ ]+?)(?:\/v1)?\/*$/.exec(text) ?? [];
  if (place !== undefined) return place;
  if (/^@?[^ ]*\/[^ /]+$/.test(text)) return text.slice(text.lastIndexOf("/") + 1);
  return `${text.slice(0, longest - 1)}…`;
}
