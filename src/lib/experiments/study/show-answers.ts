import { z } from "zod";
import type { Sample } from "../dataset/sample.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { didYouMean } from "../../base/errors/nearest.js";
import { estimateScore, estimateSchema } from "../../base/stats/estimate.js";
import type { StoredStudy } from "./plan-scoring.js";
import type { CellRecord } from "./cell-record.js";
import type { StoredScorer } from "./study-journal.js";
import { describeSetting, type Cell } from "./study.js";

export const shownAnswerSchema = z.object({
  id: z.string(),
  setting: z.string(),
  repeat: z.number(),
  question: z.string(),
  reference: z.string().nullable(),
  answer: z.string().nullable(),
  thoughts: z.string().nullable(),
  finish_reason: z.string().nullable(),
  scores: z.record(z.string(), z.number().nullable()),
  explanations: z.record(z.string(), z.string()),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
    })
    .nullable()
    .describe("Why the answer or its score is missing, in the service's or scorer's own words."),
});

/** One answer of a study, with its row and what came of it. */
export type ShownAnswer = z.infer<typeof shownAnswerSchema>;

export const answerGroupSchema = z.object({
  value: z.string(),
  setting: z.string(),
  rows: z.number().describe("Rows with a score."),
  unscored: z.number().describe("Cells without a score."),
  estimate: estimateSchema,
});

/** The mean of a setting over the rows with one value of a column. */
export type AnswerGroup = z.infer<typeof answerGroupSchema>;

export const answerDifferenceSchema = z.object({
  a: shownAnswerSchema,
  b: shownAnswerSchema,
  scores: z.tuple([z.number().nullable(), z.number().nullable()]).describe("Mean scores of the row; null where it has none."),
});

/** A row that two settings answered differently. */
export type AnswerDifference = z.infer<typeof answerDifferenceSchema>;

/** The names of a study's settings, as its tables have them. */
export function settingNames({ facts: { settings } }: StoredStudy): string[] {
  return settings.map((setting) => describeSetting(setting, settings));
}

/** The setting a name, a part of it that only it has, or its number means. Throws INVALID_ARGUMENT. */
export function findSetting(study: StoredStudy, written: string): number {
  const names = settingNames(study);
  const plain = (text: string) => text.toLowerCase().replace(/[\s=]+/g, " ");
  const exact = names.findIndex((name) => plain(name) === plain(written));
  if (exact >= 0) return exact;
  const partly = names.flatMap((name, i) => (plain(name).includes(plain(written)) ? [i] : []));
  if (partly.length === 1) return partly[0] ?? 0;
  const what = partly.length > 1 ? `${partly.length} settings have "${written}" in their name.` : `No setting is named "${written}".`;
  throw new LlmopsError("INVALID_ARGUMENT", what, {
    hint: `${partly.length > 1 ? "" : didYouMean(written, names)}The settings are: ${names.join("; ")}.`,
  });
}

/** Cells by what was asked for: of one setting, of one row. Throws INVALID_ARGUMENT for a row the study does not have. */
export function selectCells(study: StoredStudy, { setting, id }: { setting?: string | undefined; id?: string | undefined }): Cell[] {
  const { samples } = study.dataset;
  const wanted = setting === undefined ? undefined : findSetting(study, setting);
  const row = id === undefined ? undefined : samples.findIndex((sample) => sample.id === id);
  if (id !== undefined && row === -1) {
    const ids = samples.map((sample) => sample.id);
    throw new LlmopsError("INVALID_ARGUMENT", `The study ${study.header.id} has no row "${id}".`, {
      hint: `${didYouMean(id, ids)}Its rows are ${ids.slice(0, 3).join(", ")}${ids.length > 3 ? ", ..." : ""}.`,
    });
  }
  return study.answers
    .cells()
    .filter((cell) => (wanted === undefined || cell.setting === wanted) && (row === undefined || cell.sample === row));
}

/** Cells without a score: failed, filtered, or not scored by what decides. */
export function failedCells(study: StoredStudy, cells: readonly Cell[]): Cell[] {
  return cells.filter((cell) => scoreOf(study, cell) === null);
}

/** The answers with the worst scores, the worst first; those without a score are none of them. */
export function worstCells(study: StoredStudy, cells: readonly Cell[], count: number): Cell[] {
  const sign = primaryOf(study).direction === "min" ? -1 : 1;
  return cells
    .flatMap((cell) => {
      const score = scoreOf(study, cell);
      return score === null ? [] : [{ cell, value: sign * score }];
    })
    .sort((a, b) => a.value - b.value)
    .slice(0, count)
    .map(({ cell }) => cell);
}

/** A cell as it is shown. */
export function toShown(study: StoredStudy, cell: Cell, names = settingNames(study)): ShownAnswer {
  const record = study.answers.record(cell);
  const sample = sampleOf(study, cell);
  const asked = scorersOf(study).map(({ name }) => name);
  const kept = (values: Record<string, unknown> = {}) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => asked.includes(name)));
  return {
    id: sample.id,
    setting: names[cell.setting] ?? "",
    repeat: cell.repeat,
    question: sample.question,
    reference: sample.answers.length > 0 ? sample.answers.join(" | ") : null,
    answer: record?.text ?? null,
    thoughts: record?.thoughts ?? null,
    finish_reason: record?.finishReason ?? null,
    scores: kept(record?.scores) as Record<string, number | null>,
    explanations: kept(record?.explanations) as Record<string, string>,
    error: errorOf(record),
  };
}

function errorOf(record: CellRecord | undefined): ShownAnswer["error"] {
  const { error, scorerErrors = {} } = record ?? {};
  const [failure] = Object.values(scorerErrors);
  const found = error ?? failure;
  return found ? { code: found.code, message: found.message } : null;
}

/** Means by the values of a column, the value with most rows first. Throws INVALID_ARGUMENT for a column no row has. */
export function groupAnswers(study: StoredStudy, cells: readonly Cell[], column: string): AnswerGroup[] {
  const read = columnReader(study.dataset.samples, column);
  const { kind, range } = primaryOf(study);
  const names = settingNames(study);
  const groups = new Map<string, Map<number, { scores: Map<number, number[]>; unscored: number }>>();
  for (const cell of cells) {
    const value = read(sampleOf(study, cell));
    const bySetting = groups.get(value) ?? new Map<number, { scores: Map<number, number[]>; unscored: number }>();
    groups.set(value, bySetting);
    const group = bySetting.get(cell.setting) ?? { scores: new Map<number, number[]>(), unscored: 0 };
    bySetting.set(cell.setting, group);
    const score = scoreOf(study, cell);
    const known = group.scores.get(cell.sample) ?? [];
    group.scores.set(cell.sample, score === null ? known : [...known, score]);
    if (score === null) group.unscored++;
  }
  const rowsOf = (value: string) => Math.max(...Array.from(groups.get(value)?.values() ?? [], ({ scores }) => scores.size));
  return [...groups.keys()]
    .sort((a, b) => rowsOf(b) - rowsOf(a) || (a < b ? -1 : 1))
    .flatMap((value) =>
      Array.from(groups.get(value) ?? [])
        .sort(([a], [b]) => a - b)
        .map(([setting, { scores, unscored }]) => {
          const bySample = [...scores.values()].filter((own) => own.length > 0);
          const estimate = estimateScore(bySample, { kind, range });
          return { value, setting: names[setting] ?? "", rows: bySample.length, unscored, estimate };
        }),
    );
}

export interface AnswerDifferences {
  settings: [string, string];
  /** Rows both settings have ended. */
  rows: number;
  /** How many have another text at the same score. */
  sameScore: number;
  /** Rows with another score; where there are none, those with another text. */
  differences: AnswerDifference[];
}

/** Where two settings differ in the score that decides, or else in their texts. */
export function diffSettings(study: StoredStudy, cells: readonly Cell[], [first, second]: readonly [number, number]): AnswerDifferences {
  const names = settingNames(study);
  const samples = [...new Set(cells.map(({ sample }) => sample))].sort((a, b) => a - b);
  const byPlace = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = `${cell.setting}/${cell.sample}`;
    const known = byPlace.get(key);
    if (known) known.push(cell);
    else byPlace.set(key, [cell]);
  }
  const of = (setting: number, sample: number) => byPlace.get(`${setting}/${sample}`) ?? [];
  const all = samples.flatMap((sample) => {
    const [as, bs] = [of(first, sample), of(second, sample)];
    if (as.length === 0 || bs.length === 0) return [];
    const scores: [number | null, number | null] = [meanOf(study, as), meanOf(study, bs)];
    const pairs = as.flatMap((a) => {
      const b = bs.find(({ repeat }) => repeat === a.repeat) ?? bs[0];
      return b ? [{ cells: [a, b] as const, a: toShown(study, a, names), b: toShown(study, b, names) }] : [];
    });
    const telling =
      pairs.find(({ cells: [a, b] }) => scoreOf(study, a) !== scoreOf(study, b)) ?? pairs.find(({ a, b }) => a.answer !== b.answer);
    const pair = telling ?? pairs[0];
    return pair ? [{ a: pair.a, b: pair.b, scores }] : [];
  });
  const byScore = all.filter(({ scores: [a, b] }) => a !== b);
  const byText = all.filter(({ a, b, scores }) => scores[0] === scores[1] && a.answer !== b.answer);
  return {
    settings: [names[first] ?? "", names[second] ?? ""],
    rows: all.length,
    sameScore: byText.length,
    differences: byScore.length > 0 ? byScore : byText,
  };
}

function meanOf(study: StoredStudy, cells: readonly Cell[]): number | null {
  const values = cells.flatMap((cell) => scoreOf(study, cell) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What the scorer that decides gave a cell. */
function scoreOf(study: StoredStudy, cell: Cell): number | null {
  return study.answers.record(cell)?.scores?.[primaryOf(study).name] ?? null;
}

/** The scorer that decides. */
export function primaryOf(study: StoredStudy): StoredScorer {
  const [primary] = scorersOf(study);
  if (!primary) throw new RangeError(`the study ${study.header.id} names no scorer`);
  return primary;
}

function scorersOf({ header }: StoredStudy): StoredScorer[] {
  return header.scorers ?? [];
}

function sampleOf({ dataset, header }: StoredStudy, { sample }: Cell): Sample {
  const found = dataset.samples[sample];
  if (!found) throw new RangeError(`the study ${header.id} has no row ${sample}`);
  return found;
}

/** Reads a column of a row as text: topic, id and question, or one of the dataset's own, in any case. Throws INVALID_ARGUMENT. */
function columnReader(samples: readonly Sample[], column: string): (sample: Sample) => string {
  const own: Record<string, (sample: Sample) => unknown> = {
    topic: ({ topic }) => topic,
    id: ({ id }) => id,
    answer: ({ answer }) => answer,
  };
  const fields = [...new Set(samples.flatMap((sample) => Object.keys(sample.fields)))];
  const name = fields.find((one) => one === column) ?? fields.find((one) => one.toLowerCase() === column.toLowerCase());
  const read = name === undefined ? own[column.toLowerCase()] : (sample: Sample) => sample.fields[name];
  const known = [...Object.keys(own), ...fields];
  if (!read) {
    throw new LlmopsError("INVALID_ARGUMENT", `The dataset has no column "${column}".`, {
      hint: `${didYouMean(column, known)}It has ${known.join(", ")}.`,
    });
  }
  return (sample) => {
    const value = read(sample);
    if (value === null || value === undefined || value === "") return "(none)";
    return typeof value === "string" ? value : JSON.stringify(value);
  };
}
