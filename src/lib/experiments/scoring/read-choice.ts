import type { Choice } from "../dataset/choices.js";
import { finalPart } from "../dataset/final-part.js";
import { areWords, labelsOf, mentionsIn, placeOfLabel, type Mention } from "./choice-mentions.js";
import { AFTER, ANNOUNCEMENT, BEFORE, joins } from "./choice-words.js";
import { hasText, isSameText } from "./compare-texts.js";

/**
 * Which of the choices an answer gives: by its place; undefined where it gives none, or several in one conclusion, in whatever order.
 * The part after #### or in \boxed{} counts alone where there is one. Then the last statement that says what the answer is ("the
 * answer is B", "B is correct"), the label in front (B, (B), B. Paris), the only option spoken of, the only one that is marked as a
 * label, the only text of a choice that occurs; and last all that in its last line. A choice said to be wrong is not given.
 */
export function readChoice(answer: string, options: readonly Choice[]): number | undefined {
  const text = conclusionOf(answer);
  const whole = wholeOf(text, options);
  if (whole !== undefined) return whole;
  const mentions = mentionsIn(text, options).filter(({ as }) => as !== "rejected");
  const given = stated(text, mentions) ?? inFront(text, mentions, options) ?? spokenOf(mentions);
  if (given) return settle(given, options);
  const found = onlyOne(text, mentions, options);
  if (found !== undefined) return found;
  const at = text.lastIndexOf("\n") + 1;
  const isSplit = mentions.some(({ places, start, end }) => places.length > 1 && start < at && end > at);
  return at === 0 || isSplit || alone(text, options).size > 1 ? undefined : readChoice(text.slice(at), options);
}

/** Which choice an answer is that says nothing else: its label, its text, or both, in whatever marks. */
export function wholeChoice(answer: string, options: readonly Choice[]): number | undefined {
  return wholeOf(conclusionOf(answer), options);
}

function wholeOf(text: string, options: readonly Choice[]): number | undefined {
  const same = options.findIndex((option) => isSameText(text, option.text));
  const { place, rest, isMarked } = labelFirst(text, options);
  // "A. Paris" where Paris is B: the article is not the label
  if (same >= 0) return place === undefined || rest === "" || !isMarked || place === same ? same : undefined;
  const own = options[place ?? -1];
  return own && (rest === "" || isSameText(rest, own.text)) ? place : undefined;
}

/** The label a text begins with, behind what announces it, and what follows it. */
function labelFirst(text: string, options: readonly Choice[]): { place: number | undefined; rest: string; isMarked: boolean } {
  const pattern = `^${ANNOUNCEMENT}?${BEFORE}(${labelsOf(options)})(?![\\p{L}\\p{N}])(${AFTER})(.*)$`;
  const [, label, marks = "", rest = ""] = new RegExp(pattern, "isu").exec(text) ?? [];
  return { place: placeOfLabel(label, options), rest: rest.trim(), isMarked: /[.)\]:]/.test(marks) };
}

const STYLED = /\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathsf)\s*\{([^{}]*)\}/g;
const BOX = /\\boxed\s*\{([^{}]*)\}/g;

/** The part of an answer that counts; boxes that are joined to the last one are part of it. */
function conclusionOf(answer: string): string {
  const text = answer
    .replace(/[^\S\n]+/g, " ")
    .replace(/\n{3,}/g, "\n\n")
    .replace(STYLED, "$1");
  const boxes = Array.from(text.matchAll(BOX));
  let first = boxes.length - 1;
  const gap = (at: number) => text.slice((boxes[at - 1]?.index ?? 0) + (boxes[at - 1]?.[0].length ?? 0), boxes[at]?.index);
  while (first > 0 && joins(gap(first)) !== undefined) first--;
  const joined = first < boxes.length - 1 ? boxes.slice(first).map(([, inner = ""]) => inner) : undefined;
  return (joined?.join(", ") ?? finalPart(text) ?? text).trim();
}

const STATEMENTS: readonly Mention["as"][] = ["answer", "right", "also right"];
const CORRECTS = /(?<!\p{L})(?:wait|actually|no|sorry|correction|rather|moment|nein|doch)(?!\p{L})/iu;

/** What the last statement of the answer names, together with others of the same sentence and what is called right as well. */
function stated(text: string, mentions: readonly Mention[]): number[] | undefined {
  const statements = mentions.filter(({ as }) => STATEMENTS.includes(as));
  const last = statements.at(-1);
  if (!last) return undefined;
  const isLinked = (own: Mention, before: Mention) =>
    own.as === "also right" || before.as === "also right" || isSameSentence(text.slice(before.end, own.start));
  let first = statements.length - 1;
  for (let before = statements[first - 1]; before && isLinked(statements[first] ?? last, before); before = statements[first - 1]) first--;
  const beside = last.as === "also right" && statements.length === 1 ? mentions.filter(({ start }) => start < last.start) : [];
  return [...statements.slice(first), ...beside].flatMap(({ places }) => places);
}

/** Whether what stands between two statements leaves them in one sentence, and takes nothing back. */
function isSameSentence(between: string): boolean {
  return !/[.!?。！？\n]/.test(between) && !CORRECTS.test(between);
}

/** What stands at the beginning with a mark that makes it a label ("A dog" is none), together with labels alone in other lines. */
function inFront(text: string, mentions: readonly Mention[], options: readonly Choice[]): number[] | undefined {
  const [first] = mentions;
  if (!first || !new RegExp(`^${BEFORE}$`, "u").test(text.slice(0, first.start))) return undefined;
  if (!first.isMarked && first.places.length === 1) return undefined;
  const other = options.findIndex(
    ({ text: own }, place) => place !== first.places[0] && isSameText(text.slice(first.end).replace(LEADING_MARKS, ""), own),
  );
  const heads = mentions.filter(({ start, isMarked }) => isMarked && !areWords(options) && BEGINS_LINE.test(text.slice(0, start)));
  return [...first.places, ...alone(text, options), ...heads.flatMap(({ places }) => places), ...(other < 0 ? [] : [other])];
}

const LEADING_MARKS = new RegExp(`^${AFTER}`, "u");
const BEGINS_LINE = new RegExp(`(?:^|\\n)${BEFORE}$`, "u");

/** The choices that have a line of their own. */
function alone(text: string, options: readonly Choice[]): Set<number> {
  return new Set(text.split("\n").flatMap((line) => wholeOf(line.trim(), options) ?? []));
}

/** What is called an option, where no other is. */
function spokenOf(mentions: readonly Mention[]): number[] | undefined {
  const places = new Set(mentions.filter(({ as }) => as === "choice").flatMap((mention) => mention.places));
  return places.size === 0 ? undefined : [...places];
}

/** One is a choice. Several are none, unless that is what a choice says: "Both A and B". */
function settle(given: readonly number[], options: readonly Choice[]): number | undefined {
  const places = [...new Set(given)].sort();
  if (places.length === 1) return places[0];
  const own = options.findIndex(({ text }) => {
    const named = new Set(mentionsIn(text, options).flatMap((mention) => mention.places));
    return named.size > 1 && [...named].sort().join() === places.join();
  });
  return own < 0 ? undefined : own;
}

/** The only choice whose text occurs, else the only one whose label is marked as one. */
function onlyOne(text: string, mentions: readonly Mention[], options: readonly Choice[]): number | undefined {
  const said = options.flatMap((option, i) => (isSaid(text, option) ? [i] : []));
  const own = said.filter((i) => !said.some((j) => j !== i && hasText(options[j]?.text ?? "", options[i]?.text ?? "")));
  if (own.length > 0) return own.length === 1 ? own[0] : undefined;
  const marked = new Set(mentions.filter(({ start, end }) => isSetApart(text, start, end)).flatMap(({ places }) => places));
  return marked.size === 1 ? [...marked][0] : undefined;
}

/** A label in brackets or emphasis, or one that begins a line with a mark. */
function isSetApart(text: string, start: number, end: number): boolean {
  if (!/[)\].:*）】」]/u.test(text[end] ?? "")) return false;
  if (/[(\[*（【「]/u.test(text[start - 1] ?? "")) return true;
  const before = text.slice(0, start);
  const words = before.trimEnd();
  return words === "" || before.includes("\n", words.length);
}

/** Words such as yes are as good as what they stand for; letters are not words. */
function isSaid(text: string, { label, text: wanted }: Choice): boolean {
  return hasText(text, wanted) || (label.length > 1 && hasText(text, label));
}
