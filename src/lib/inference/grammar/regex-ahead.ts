import { BEGIN, EMPTY, sequence, type Pattern } from "./pattern.js";
import { UnreadableRegex } from "./unreadable-regex.js";

/** A pattern that a text must match from its beginning, and what must or must not come at its beginning besides. */
export interface Anchored {
  pattern: Pattern;
  ahead: readonly { of: Pattern; negative: boolean }[];
}

/**
 * Takes the assertions out of the beginning of a pattern: after ^, or anywhere at the beginning where the `whole` text is matched. Throws
 * UnreadableRegex for those that stand elsewhere.
 */
export function takeAhead(pattern: Pattern, whole: boolean): Anchored {
  const parts = pattern.kind === "sequence" ? pattern.parts : [pattern];
  const begins = parts.findIndex((part) => !(part.kind === "set" && part.set === BEGIN));
  const isAnchored = begins > 0 || whole;
  const from = begins === -1 ? parts.length : begins;
  const count = parts.slice(from).findIndex((part) => part.kind !== "ahead");
  const to = !isAnchored ? from : count === -1 ? parts.length : from + count;
  const ahead = parts.slice(from, to).flatMap((part) => (part.kind === "ahead" ? [{ of: part.of, negative: part.negative }] : []));
  const rest = [...parts.slice(0, from), ...parts.slice(to)];
  if ([...rest, ...ahead.map(({ of }) => of)].some(hasAhead)) throw new UnreadableRegex("it looks ahead elsewhere than at its beginning");
  return { pattern: rest.length === 0 ? EMPTY : sequence(...rest), ahead };
}

function hasAhead(pattern: Pattern): boolean {
  if (pattern.kind === "sequence") return pattern.parts.some(hasAhead);
  if (pattern.kind === "choice") return pattern.options.some(hasAhead);
  return pattern.kind === "repeat" ? hasAhead(pattern.of) : pattern.kind === "ahead";
}
