import type { Choice } from "../dataset/choices.js";
import { hasText, isSameText } from "./compare-texts.js";
import { finalPart } from "../dataset/final-part.js";

/** Marks around a label: (B), **B**, "B", [B]. */
const BEFORE = "[\\s*_`\"'“‘«(\\[{（【「$]*";
const AFTER = "[\\s*_`\"'”’»)\\]}）】」.:：。,，;$-]*";
/** What announces an answer, in the languages of common benchmarks. */
const ANNOUNCES =
  "(?:answers?|choice|option|choose|pick|select|antwort|lösung|option|respuesta|opción|réponse|choix|resposta|opção|risposta|scelta|" +
  "antwoord|svar|svaret|odpowiedź|odpověď|válasz|răspuns\\p{L}*|cevap|yanıt|jawaban|câu trả lời|đáp án|ответ|вариант|відповідь|απάντηση|" +
  "答案|选项|選項|選擇|选择|选|選|答え|正解|回答|정답|답|إجابة|الإجابة|الجواب|תשובה|उत्तर|विकल्प|উত্তর|คำตอบ|ตอบ)";
/** What may stand between the announcement and the label: "is", "would be", ": option", ... */
const BETWEEN =
  "(?:\\s|[:：=*_`\"'(\\[（]|\\b(?:is|be|would|should|must|the|correct|right|best|option|choice|letter|answer|correct[ao]?|corrett[ao]|cert[ao]|bonne|juste|richtige?|ist|es|est|é|è|är|er|jest|la|le|die|der|das)\\b|(?:是|为|為|は|は、|는|은|هي|هو|है))*?";

/**
 * Which of the choices an answer gives: by its place; undefined where it gives none, or several. The part after #### or in \boxed{}
 * counts alone where there is one. Then the label in front (B, (B), B. Paris), the last one that is announced ("the answer is B"),
 * the only one that is marked as a label, the only text of a choice that occurs; and last all that in its last line.
 */
export function readChoice(answer: string, options: readonly Choice[]): number | undefined {
  const text = (finalPart(answer) ?? answer).trim();
  const labels = labelsOf(options);
  const first = wholeChoice(text, options) ?? labelInFront(text, labels, options) ?? announced(text, labels, options);
  if (first !== undefined) return first;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const last = lines.length > 1 ? lines.at(-1) : undefined;
  return onlyOne(text, labels, options) ?? (last === undefined ? undefined : readChoice(last, options));
}

/** Which choice an answer is that says nothing else: its label, its text, or both, in whatever marks. */
export function wholeChoice(answer: string, options: readonly Choice[]): number | undefined {
  const text = (finalPart(answer) ?? answer).trim();
  const same = options.findIndex((option) => isSameText(text, option.text));
  if (same >= 0) return same;
  const labels = labelsOf(options);
  const [, label = "", rest = ""] =
    new RegExp(`^(?:${ANNOUNCES}${BETWEEN})?${BEFORE}(${labels})(?![\\p{L}\\p{N}])${AFTER}(.*)$`, "isu").exec(text) ?? [];
  const place = placeOfLabel(label, options);
  const own = options[place ?? -1];
  return own && (rest.trim() === "" || isSameText(rest, own.text)) ? place : undefined;
}

/** A label at the beginning, with a mark that makes it one: "B. ...", "(B) ...", "B\n..."; "A dog" is none. */
function labelInFront(text: string, labels: string, options: readonly Choice[]): number | undefined {
  const words = options.every(({ label }) => label.length > 1);
  const end = words ? "(?![\\p{L}\\p{N}])" : '(?=[).\\]}）】」:：。,，;*_`"”’]|\\s*[\\n–—]|\\s-\\s|\\s*$)';
  const found = new RegExp(`^${BEFORE}(${labels})${end}`, words ? "iu" : "u").exec(text)?.[1];
  return placeOfLabel(found, options);
}

function announced(text: string, labels: string, options: readonly Choice[]): number | undefined {
  const words = options.every(({ label }) => label.length > 1);
  const after = words ? "(?![\\p{L}\\p{N}])" : "(?![\\p{Script=Latin}\\p{Script=Cyrillic}\\p{Script=Greek}\\p{N}'’]|\\s+\\p{Ll})";
  const pattern = new RegExp(`${ANNOUNCES}(?![\\p{Script=Latin}])${BETWEEN}${BEFORE}(${labels})${after}`, "giu");
  const found = [...text.matchAll(pattern)].filter(([, label = ""]) => words || options.some((option) => option.label === label));
  return placeOfLabel(found.at(-1)?.[1], options);
}

/** The only choice whose label is marked as one, else the only one whose text occurs. */
function onlyOne(text: string, labels: string, options: readonly Choice[]): number | undefined {
  const said = options.flatMap((option, i) => (isSaid(text, option) ? [i] : []));
  const own = said.filter((i) => !said.some((j) => j !== i && hasText(options[j]?.text ?? "", options[i]?.text ?? "")));
  if (own.length === 1) return own[0];
  if (own.length > 1) return undefined;
  const marked = new RegExp(`(?:[(\\[*（【「]|(?<=^|\\n)\\s*)(${labels})[)\\].:*）】」]`, "gu");
  const places = new Set(Array.from(text.matchAll(marked), ([, label]) => placeOfLabel(label, options)));
  return places.size === 1 ? [...places][0] : undefined;
}

/** Words such as yes are as good as what they stand for; letters are not words. */
function isSaid(text: string, { label, text: wanted }: Choice): boolean {
  return hasText(text, wanted) || (label.length > 1 && hasText(text, label));
}

function placeOfLabel(label: string | undefined, options: readonly Choice[]): number | undefined {
  if (label === undefined || label === "") return undefined;
  const place = options.findIndex((option) => option.label.toLowerCase() === label.toLowerCase());
  return place < 0 ? undefined : place;
}

function labelsOf(options: readonly Choice[]): string {
  return options.map(({ label }) => label.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&")).join("|");
}
