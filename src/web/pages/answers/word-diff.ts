import { diffWords } from "diff";

/** A piece of two texts: in both, only in the second, or only in the base. */
export interface DiffPiece {
  text: string;
  kind: "same" | "added" | "removed";
}

/** Words of languages without spaces are found too. */
const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
const LONGEST = 20_000;
const TIMEOUT_MS = 60;

/** What was added to the base and what was removed from it, by words. A text that is too long, or too different, is one piece that is not marked. */
export function wordDiff(base: string, text: string): DiffPiece[] {
  if (base.length > LONGEST || text.length > LONGEST) return [{ text, kind: "same" }];
  const changes = diffWords(base, text, { intlSegmenter: segmenter, timeout: TIMEOUT_MS });
  if (!changes) return [{ text, kind: "same" }];
  return changes.map(({ value, added, removed }) => ({ text: value, kind: added ? "added" : removed ? "removed" : "same" }));
}
