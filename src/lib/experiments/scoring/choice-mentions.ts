import type { Choice } from "../dataset/choices.js";
import { AFTER, BEFORE, hasPluralAhead, hasClauseAhead, joins, LINK_AHEAD, spokenOfAfter, spokenOfBefore } from "./choice-words.js";

/** Where a text names choices by their labels: one, or several in one list, such as "A, B" or "(A) and (B)". */
export interface Mention {
  /** Places of the choices, each once. */
  places: number[];
  start: number;
  end: number;
  /** A mark makes it a label, as in "B. ..." and "(B)". */
  isMarked: boolean;
  /** As what it is spoken of. */
  as?: "answer" | "right" | "also right" | "choice" | "rejected";
}

/** A label by itself. */
interface Label {
  place: number;
  start: number;
  /** Behind the label and its marks, and behind the choice's own text where that follows. */
  end: number;
  isMarked: boolean;
  /** In the case of the dataset: "b" may be a label, and may be a word. */
  asWritten: boolean;
}

/** How much of the text before and behind a label is looked at. */
const [LOOK_BACK, LOOK_AHEAD] = [90, 120];
const MARK_AHEAD = /^(?:[).\]}）】」:：。,，;?!？！*_`"”’]|\s*[\n–—]|\s-\s|\s*$)/u;
const CLOSED = /^[)\]）】」}]/u;

/** The labels of choices in a text, in its order, those of one list together. The article "A" and the pronoun "I" are none. */
export function mentionsIn(text: string, options: readonly Choice[]): Mention[] {
  const mentions: Mention[] = [];
  let [before, current]: [Spoken | undefined, Mention | undefined] = [undefined, undefined];
  for (const label of withWhatIsSaid(text, labelsIn(text, options))) {
    if (before && label.start < before.end) continue;
    before = label;
    if (current && label.isJoined && current.as !== "rejected" && label.as !== "rejected") extend(current, label);
    else {
      const { place, as, start, end, isMarked } = label;
      current = { places: [place], start, end, isMarked, ...(as && { as }) };
      mentions.push(current);
    }
  }
  return mentions;
}

function extend(mention: Mention, { place, end, as }: Spoken): void {
  mention.places = [...new Set([...mention.places, place])];
  mention.end = end;
  if (as !== undefined && as !== "choice" && mention.as !== "answer") mention.as = as;
}

/** A label, what is said of it, and whether it is named together with the one before it. */
type Spoken = Label & Pick<Mention, "as"> & { isJoined: boolean };

/** Without words that would be labels only beside others, such as a lower-case "b" in the midst of a sentence. */
function withWhatIsSaid(text: string, labels: readonly Label[]): Spoken[] {
  const spoken: Spoken[] = [];
  for (const [at, label] of [...labels.entries()].reverse()) {
    const previous = labels[at - 1];
    const ahead = spokenOfBefore(text.slice(Math.max(0, label.start - LOOK_BACK), label.start));
    const isJoined = previous !== undefined && isOneList(text, previous, label, labels[at + 1]);
    const isSure = label.asWritten || label.isMarked || ahead !== undefined || text.slice(0, label.start).trim() === "";
    if (!isSure && !isJoined) continue;
    const as = saidOf(ahead, text.slice(label.end, label.end + LOOK_AHEAD), spoken.at(-1));
    spoken.push({ ...label, isJoined, ...(as && { as }) });
  }
  return spoken.reverse();
}

/** What is said of a label before and behind it; of "A and B are wrong" A shares what is said of B. */
function saidOf(ahead: ReturnType<typeof spokenOfBefore>, rest: string, next: Spoken | undefined): Mention["as"] {
  const isShared = next?.isJoined && next.as === "rejected" && ahead !== "answer";
  const behind = spokenOfAfter(rest) ?? (isShared ? "rejected" : undefined);
  if (behind === "rejected" || ahead === "answer") return behind === "rejected" ? behind : ahead;
  return ahead === "rejected" ? ahead : (behind ?? ahead);
}

/** The labels as an alternative of a regular expression, the longest first. */
export function labelsOf(options: readonly Choice[]): string {
  const labels = options.map(({ label }) => label.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&"));
  return labels.sort((a, b) => b.length - a.length).join("|");
}

/** The place of a label, in any case; undefined for none. */
export function placeOfLabel(label: string | undefined, options: readonly Choice[]): number | undefined {
  if (label === undefined || label === "") return undefined;
  const exact = options.findIndex((option) => option.label === label);
  const place = exact >= 0 ? exact : options.findIndex((option) => option.label.toLowerCase() === label.toLowerCase());
  return place < 0 ? undefined : place;
}

/** Whether the labels are words such as yes and no, which need no mark. */
export function areWords(options: readonly Choice[]): boolean {
  return options.every(({ label }) => label.length > 1);
}

function labelsIn(text: string, options: readonly Choice[]): Label[] {
  const words = areWords(options);
  const letter = words ? "[\\p{L}\\p{N}]" : "[\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{N}\\\\]";
  const pattern = new RegExp(`(?<!${letter}|${letter}['’])(${labelsOf(options)})(?!${letter}|['’]\\p{L}|[.,:]\\d)`, "giu");
  const linkAhead = new RegExp(`^(?:${LINK_AHEAD})(?:${labelsOf(options)})(?!${letter})`, "iu");
  return Array.from(text.matchAll(pattern)).flatMap(({ 0: said, index }) => {
    const place = placeOfLabel(said, options) ?? 0;
    const { label = "", text: own = "" } = options[place] ?? {};
    const rest = text.slice(index + said.length, index + said.length + LOOK_AHEAD);
    const asWritten = words || label === said;
    const isMarked = words || (asWritten ? MARK_AHEAD : CLOSED).test(rest);
    if (!isMarked && !linkAhead.test(rest) && isWord(rest, asWritten)) return [];
    return [{ place, start: index, end: endOf(text, index + said.length, own), isMarked, asWritten }];
  });
}

/** Whether a letter is a word of a sentence by what follows it: "A dog", "I think". */
function isWord(rest: string, asWritten: boolean): boolean {
  return asWritten ? /^\s+\p{Ll}/u.test(rest) && !hasClauseAhead(rest) : /^\s*\p{L}/u.test(rest);
}

/** The end of a label: behind the choice's own text, if it follows. */
function endOf(text: string, end: number, own: string): number {
  const marks = new RegExp(`^${AFTER}${BEFORE}`, "u").exec(text.slice(end, end + LOOK_AHEAD))?.[0].length ?? 0;
  const from = end + marks;
  const isOwn = own !== "" && text.slice(from, from + own.length).toLowerCase() === own.toLowerCase();
  return isOwn && !/^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u.test(text.slice(from + own.length))
    ? from + own.length
    : end;
}

/** Whether two labels that follow each other are named together, and not the second in a sentence of its own. */
function isOneList(text: string, first: Label, second: Label, third: Label | undefined): boolean {
  const link = joins(text.slice(first.end, second.start));
  if (link !== "marks") return link === "words";
  const after = text.slice(second.end, second.end + LOOK_AHEAD);
  if (!GOES_ON.test(after) || hasPluralAhead(after)) return true;
  return third !== undefined && joins(text.slice(second.end, third.start)) !== undefined;
}

/** The sentence goes on in the same line. */
const GOES_ON = /^(?:[)\]}*_`"'”’»】）」:–—-]|[^\S\n])*\p{L}/u;
