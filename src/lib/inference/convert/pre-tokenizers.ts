/** A part of tokenizer.json: what it is, and fields by its type. */
export interface Step {
  type: string;
  [field: string]: unknown;
}

const CONTRACTIONS = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)`;
const REST = String.raw`|\s*[\r\n]+|\s+(?!\S)|\s+`;
const WORDS = String.raw`|[^\r\n\p{L}\p{N}]?\p{L}+|`;
const SYMBOLS = String.raw`| ?[^\s\p{L}\p{N}]+[\r\n]*`;
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const cased = (tail: string) => String.raw`[^\r\n\p{L}\p{N}]?${UPPER}*${LOWER}+${tail}|[^\r\n\p{L}\p{N}]?${UPPER}+${LOWER}*${tail}|`;
const PATHS = String.raw`| ?[^\s\p{L}\p{N}]+[\r\n/]*`;

/** Steps before bytes are merged, with what llama.cpp calls them; those with "whole" take a word that is a token as it is. */
const KNOWN: ReadonlyMap<string, string> = new Map([
  ["words", "gpt-2"],
  ["digits words", "smollm"],
  [`split ${CONTRACTIONS}${WORDS}\\p{N}{1,3}${SYMBOLS}${REST} whole`, "llama-bpe"],
  [`split ${CONTRACTIONS}${WORDS}\\p{N}{1,3}${SYMBOLS}${REST}`, "dbrx"],
  [`split ${CONTRACTIONS}${WORDS}\\p{N}${SYMBOLS}${REST}`, "qwen2"],
  [`split ${cased("")}\\p{N}${PATHS}${REST} whole`, "tekken"],
  [`split ${cased(`${CONTRACTIONS}?`)}\\p{N}{1,3}${PATHS}${REST}`, "gpt-4o"],
]);

/** llama.cpp's name for how a byte-level tokenizer cuts text into words; undefined for a way it has no name for here. */
export function findPreTokenizer(pre: Step | null | undefined, { takesWholeWords }: { takesWholeWords: boolean }): string | undefined {
  const steps = describe(pre);
  return (takesWholeWords ? KNOWN.get(`${steps} whole`) : undefined) ?? KNOWN.get(steps);
}

/** Whether text becomes bytes that are written as letters. */
export function isByteLevel(pre: Step | null | undefined): boolean {
  return flatten(pre).some(({ type }) => type === "ByteLevel");
}

/** The steps of a sequence, or the one there is. */
export function flatten(step: Step | null | undefined): Step[] {
  if (!step) return [];
  const inner = step["pretokenizers"] ?? step["normalizers"] ?? step["processors"];
  return Array.isArray(inner) ? (inner as Step[]).flatMap(flatten) : [step];
}

function describe(pre: Step | null | undefined): string {
  return flatten(pre)
    .map((step) => {
      if (step.type === "ByteLevel") return step["add_prefix_space"] === true ? "prefixed" : step["use_regex"] === false ? "" : "words";
      if (step.type === "Digits") return step["individual_digits"] === true ? "digits" : "numbers";
      const { Regex: regex } = (step["pattern"] ?? {}) as { Regex?: string };
      return step.type === "Split" && step["behavior"] === "Isolated" && regex !== undefined ? `split ${regex}` : step.type;
    })
    .filter((text) => text !== "")
    .join(" ");
}
