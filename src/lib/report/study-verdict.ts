import { ALPHA } from "../base/stats/multiplicity.js";
import { explainNoBest } from "../experiments/study/no-best.js";
import { describeSetting, type Setting } from "../experiments/study/study.js";
import type { SettingResult, SweepResult } from "../experiments/study/sweep-result.js";
import { describeComparison, formatScore } from "./format-score.js";

/** Settings written out where they are tied. */
const MOST_TIED = 8;
/** Comparisons written out. */
const MOST_LINES = 12;

/** The sentences on a study, alike on the terminal, in Markdown and in HTML: the setting's name is apart, to be set off. */
export interface StudyVerdict {
  before: string;
  /** The best setting, or the highest where none is shown to be better. */
  name: string | null;
  after: string;
  /** How it was tested, and what the letters mean. */
  method: string[];
}

/** A setting beside the reference, in words. */
export interface ComparisonLine {
  name: string;
  verdict: string;
  text: string;
}

/** What a study says of its best setting, no more than its comparisons show. */
export function studyVerdict(result: SweepResult): StudyVerdict {
  const { best, settings, study } = result;
  if (!best) return { before: `No best setting. ${capital(explainNoBest(result))}.`, name: null, after: "", method: methodOf(result) };
  const name = nameOf(result, best.params);
  const metric = study.metric === study.scorer ? study.metric : `${study.metric} (${study.scorer})`;
  const value = ` with ${formatScore(best.value, study.kind)} ${metric}`;
  const others = scoredOf(result).length - 1;
  if (others === 0) {
    const before = settings.length === 1 ? "Scored: " : "The only setting with a score: ";
    return { before, name, after: `${value}.`, method: [] };
  }
  const tied = best.tied_with.length;
  const method = methodOf(result);
  if (tied === 0) return { before: "Best: ", name, after: `${value}, shown to be better than ${everyOther(others, result)}.`, method };
  if (tied < others) return { before: "Best: ", name, after: `${value}, tied with ${listTied(result, best.tied_with)}.`, method };
  const shown = isAnyShown(result)
    ? `No setting is shown to be worse than the ${highest(result)}: `
    : `No setting is shown to be better than another. ${capital(highest(result))}: `;
  return { before: shown, name, after: `${value}.`, method };
}

/** What a study says of its best setting, in one sentence of plain text. */
export function verdictSentence(result: SweepResult): string {
  const { before, name, after } = studyVerdict(result);
  return `${before}${name ?? ""}${after}`;
}

/** The settings beside the reference, the worst first; of many, what is told comes before what is not, from both ends. */
export function comparisonLines(result: SweepResult): { lines: ComparisonLine[]; more: string | null } {
  const compared = worstFirst(result);
  const shown = compared.length <= MOST_LINES ? compared : pickLines(compared);
  const hidden = compared.filter((setting) => !shown.includes(setting));
  const lines = shown.map(({ name, comparison }) => ({
    name,
    verdict: comparison?.verdict ?? "",
    text: comparison ? describeComparison(comparison, result.study.kind) : "",
  }));
  return { lines, more: hidden.length === 0 ? null : countVerdicts(hidden) };
}

/** What the lines stand beside. */
export function comparisonHead(result: SweepResult): string {
  const { reference, comparisons } = result;
  const corrected = comparisons.pairs > 1 && comparisons.correction !== "none";
  const how = corrected ? ` (p values and intervals are corrected for all ${comparisons.pairs.toLocaleString("en")} pairs)` : "";
  return `Against ${reference ? nameOf(result, reference) : "the best"}, sample by sample${how}:`;
}

/** A setting of the result by the name its row has. */
export function nameOf({ settings }: Pick<SweepResult, "settings">, params: Setting): string {
  return settings.find((setting) => JSON.stringify(setting.params) === JSON.stringify(params))?.name ?? describeSetting(params);
}

/** Letters of a setting, cut where they would fill a table. */
export function shortLetters(letters: string): string {
  return letters.length > 10 ? `${letters.slice(0, 9)}…` : letters;
}

function scoredOf({ settings, study }: SweepResult): SettingResult[] {
  return settings.filter(({ metrics }) => metrics[study.metric] !== undefined);
}

function methodOf(result: SweepResult): string[] {
  const { comparisons, study } = result;
  const scored = scoredOf(result);
  if (scored.length < 2) return [];
  const sizes = scored.map(({ metrics }) => metrics[study.metric]?.n ?? 0).sort((a, b) => b - a);
  const [most = 0, second = 0, least = 0] = [sizes[0], sizes[1], sizes.at(-1)];
  const names = { holm: "Holm's correction", bh: "Benjamini and Hochberg's correction", none: "no correction" };
  const how = names[comparisons.correction as keyof typeof names];
  const share = comparisons.reference_share === null ? "" : ", half of it for pairs with the reference";
  const pairs = scored.length === 2 ? "one pair" : `every pair of ${scored.length} settings`;
  const method = `Paired tests over ${least === most ? "" : `${least} to `}${most} ${most === 1 ? "sample" : "samples"}, ${pairs}, ${how}, 5 %${share}; settings that share a letter cannot be told apart.`;
  const needed = fewestSamples(result, scored.length);
  // a pair shares at most what the smaller of the two has
  if (second >= needed) return [method];
  const few = `${second} ${second === 1 ? "sample is" : "samples are"} too few to tell any settings apart: at least ${needed} are needed.`;
  return [method, few];
}

/** Samples with which a test could tell a pair apart if all of them differed alike, at the level a first finding needs. */
function fewestSamples({ comparisons }: SweepResult, scored: number): number {
  const { pairs, correction, reference_share: share } = comparisons;
  if (correction !== "holm") return Math.ceil(1 - Math.log2(ALPHA));
  const own = scored - 1;
  const level = share === null || pairs <= own ? ALPHA / pairs : ALPHA * Math.max(share / own, (1 - share) / (pairs - own));
  return Math.ceil(1 - Math.log2(level));
}

function everyOther(others: number, result: SweepResult): string {
  const unscored = result.settings.length - 1 - others;
  const all = others === 1 ? "the other setting" : "every other setting";
  return unscored === 0 ? all : `${all} that has a score (${unscored} ${unscored === 1 ? "has" : "have"} none)`;
}

function listTied(result: SweepResult, tied: readonly { params: SettingResult["params"] }[]): string {
  const names = tied.slice(0, MOST_TIED).map(({ params }) => nameOf(result, params));
  const more = tied.length - names.length;
  return `${names.join("; ")}${more > 0 ? `; and ${more} ${more === 1 ? "other" : "others"}` : ""}`;
}

/** Whether any pair of settings is told apart. */
function isAnyShown(result: SweepResult): boolean {
  return new Set(scoredOf(result).map(({ letters }) => letters)).size > 1;
}

function highest({ study }: SweepResult): string {
  return study.direction === "min" ? "lowest" : "highest";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function worstFirst({ settings, study }: SweepResult): SettingResult[] {
  const sign = study.direction === "min" ? -1 : 1;
  const difference = (setting: SettingResult) => sign * (setting.comparison?.difference ?? 0) || 0;
  return settings.filter(({ comparison }) => comparison !== null).sort((a, b) => difference(a) - difference(b));
}

/** As many as are shown: what is told, half from the worst and half from the best, then the worst of what is not. */
function pickLines(compared: readonly SettingResult[]): SettingResult[] {
  const told = compared.filter(({ comparison }) => !UNDECIDED.has(comparison?.verdict ?? ""));
  const half = MOST_LINES / 2;
  const kept = told.length <= MOST_LINES ? told : [...told.slice(0, half), ...told.slice(-half)];
  const rest = compared.filter((setting) => !told.includes(setting)).slice(0, MOST_LINES - kept.length);
  return compared.filter((setting) => kept.includes(setting) || rest.includes(setting));
}

const UNDECIDED = new Set(["cannot tell", "no difference"]);

/** "and 19 more: 3 worse, 16 cannot tell". */
function countVerdicts(hidden: readonly SettingResult[]): string {
  const counts = new Map<string, number>();
  for (const { comparison } of hidden) counts.set(comparison?.verdict ?? "", (counts.get(comparison?.verdict ?? "") ?? 0) + 1);
  const parts = [...counts].map(([verdict, count]) => `${count} ${verdict}`);
  return `and ${hidden.length} more: ${parts.join(", ")} (all in --json)`;
}
