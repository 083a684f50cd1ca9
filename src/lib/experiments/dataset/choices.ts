/** One of the answers a row offers: what it is called, and what it says. */
export interface Choice {
  label: string;
  text: string;
}

/** What a row offers to choose from, and the places of the right ones in it. */
export interface Choices {
  options: readonly Choice[];
  right: readonly number[];
  /** Yes and no: nobody has to be shown them. */
  implied?: boolean;
}

/** What a cell offers: the texts with their labels, and the right ones where it says so itself, as TruthfulQA's does. */
export interface Offer {
  options: Choice[];
  right?: number[];
}

/** How references name the right choice. */
export const CONVENTIONS = ["label", "text", "index", "number"] as const;
export type Convention = (typeof CONVENTIONS)[number];
export const CONVENTION_WORDS: Record<Convention, string> = {
  label: "the letter of the right one",
  text: "the text of the right one",
  index: "the number of the right one, counted from 0",
  number: "the number of the right one, counted from 1",
};

/** Columns that hold one choice each: A, B, ...; option_a, choice1, ending0, ... */
const OWN_COLUMN = /^(?:(?:option|choice|ending|opt|sol)([a-j]|\d))$/;

/**
 * The choices of a cell: a list of texts, {text: [...], label: [...]} (ARC), {A: ..., B: ...}, [{label, text}, ...], or
 * {choices: [...], labels: [1, 0, ...]} (TruthfulQA). Undefined for anything else, and for fewer than two.
 */
export function readOffer(value: unknown, toText: (value: unknown, path: string) => string | undefined): Offer | undefined {
  if (Array.isArray(value)) return fromList(value, toText);
  if (typeof value !== "object" || value === null) return undefined;
  const { text, choices, label, labels } = value as Record<string, unknown>;
  const [texts, names] = [text ?? choices, label ?? labels];
  if (Array.isArray(texts)) {
    const words = texts.map((item, i) => toText(item, `.${text === undefined ? "choices" : "text"}.${i}`));
    if (!Array.isArray(names)) return offer(words);
    if (names.length !== words.length) return undefined;
    if (text === undefined && names.every((name) => name === 0 || name === 1)) {
      return offer(words, undefined, rightOnes(names));
    }
    return offer(words, names.map(String));
  }
  const entries = Object.entries(value);
  if (!entries.every(([name]) => /^[A-Z]$|^[a-z]$|^\d$/.test(name))) return undefined;
  return offer(
    entries.map(([name, item]) => toText(item, `.${name}`)),
    entries.map(([name]) => name),
  );
}

/** The columns that hold one choice each, in their order; none where there are fewer than two of a kind. */
export function choiceColumns(names: readonly string[]): string[] {
  const letters = "A B C D E F G H I J".split(" ");
  const own = letters.filter((letter) => names.includes(letter));
  if (own.length >= 2 && own.every((letter, i) => letter === letters[i])) return own;
  const keyed = names.flatMap((name) => {
    const key = OWN_COLUMN.exec(name.toLowerCase().replace(/[\s_-]+/g, ""))?.[1];
    return key === undefined ? [] : [{ name, key }];
  });
  return keyed.length < 2 ? [] : keyed.sort((a, b) => a.key.localeCompare(b.key)).map(({ name }) => name);
}

/** Texts under the letters from A, or under their own labels. Undefined where one is not a text. */
export function offer(texts: readonly (string | undefined)[], labels?: readonly string[], right?: number[]): Offer | undefined {
  const options = texts.map((text, i) => ({ label: labels?.[i]?.trim() ?? String.fromCharCode(65 + i), text: text?.trim() ?? "" }));
  if (options.length < 2 || options.length > 26 || options.some(({ text, label }) => text === "" || label === "")) return undefined;
  return { options, ...(right && { right }) };
}

/** The place of the choice a reference names; undefined where it names none. */
export function placeOf(options: readonly Choice[], reference: string, convention: Convention): number | undefined {
  const named = reference.trim();
  if (convention === "text") return found(options.findIndex(({ text }) => text === named));
  if (convention === "label") {
    const bare = named
      .replace(/^[([]/, "")
      .replace(/(?<![)\].:])[)\].:]+$/, "")
      .toUpperCase();
    return found(options.findIndex(({ label }) => label.toUpperCase() === bare));
  }
  if (!/^\d{1,2}(?:\.0)?$/.test(named)) return undefined;
  const place = Number(named) - (convention === "number" ? 1 : 0);
  return place >= 0 && place < options.length ? place : undefined;
}

/** The choices as a model is shown them: one a line, "A. ...". */
export function renderChoices({ options }: Choices): string {
  return options.map(({ label, text }) => `${label}. ${text}`).join("\n");
}

/** Yes and no, for a reference that is true or false. */
export function yesOrNo(isTrue: boolean): Choices {
  const options = [
    { label: "yes", text: "true" },
    { label: "no", text: "false" },
  ];
  return { options, right: [isTrue ? 0 : 1], implied: true };
}

function fromList(list: readonly unknown[], toText: (value: unknown, path: string) => string | undefined): Offer | undefined {
  const objects = list.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null);
  if (objects.length === 0) return offer(list.map((item, i) => toText(item, `.${i}`)));
  if (objects.length < list.length || objects.some((item) => !("text" in item))) return undefined;
  const labels = objects.map(({ label, key, id }) => label ?? key ?? id);
  const texts = objects.map(({ text }, i) => toText(text, `.${i}.text`));
  return labels.every((label) => typeof label === "string" || typeof label === "number") ? offer(texts, labels.map(String)) : offer(texts);
}

function rightOnes(flags: readonly unknown[]): number[] {
  return flags.flatMap((flag, i) => (flag === 1 ? [i] : []));
}

function found(index: number): number | undefined {
  return index < 0 ? undefined : index;
}
