/** Texts that repetitions do not go past, in tokens: by their first token, each of the ways they may go on after it. */
export type Breakers = ReadonlyMap<number, readonly (readonly number[])[]>;

/** The settings of DRY, which penalizes what would continue a repetition, the more the longer it is. */
export interface DrySettings {
  multiplier: number;
  base: number;
  /** Repetitions of so many tokens are the shortest that are penalized. */
  allowedLength: number;
  breakers: Breakers;
}

/** The logarithm of the largest 32-bit float: penalties do not grow past it. */
const LARGEST = 88.722_839_1;

/**
 * What is taken off the logits of tokens that would continue a repetition (DRY, as llama.cpp reckons it): for each of them the longest
 * end of the `last` tokens that it followed before says how much.
 */
export function dryPenalties(last: readonly number[], { multiplier, base, allowedLength, breakers }: DrySettings): Map<number, number> {
  const penalties = new Map<number, number>();
  if (last.length <= allowedLength) return penalties;
  const limit = sinceBreaker(last, breakers);
  if (limit < allowedLength) return penalties;
  const longest = base > 1.000_001 ? Math.trunc(LARGEST / Math.log(base)) : Infinity;
  for (const [token, length] of repetitions(last, { limit, allowedLength })) {
    if (breakers.get(token)?.some((tail) => tail.length === 0)) continue;
    penalties.set(token, multiplier * base ** Math.min(length - allowedLength, longest));
  }
  return penalties;
}

/** How many tokens stand after the last breaker; all where there is none. */
function sinceBreaker(last: readonly number[], breakers: Breakers): number {
  for (let after = 0; after < last.length; after++) {
    const head = last.length - 1 - after;
    const met = (breakers.get(last[head] ?? -1) ?? []).filter(
      (tail) => tail.length <= after && tail.every((token, i) => last[head + 1 + i] === token),
    );
    if (met.length > 0) return after - Math.max(...met.map(({ length }) => length));
  }
  return last.length;
}

/** The tokens that followed an end of the tokens before, with the length of the longest such end, at most the limit. */
function repetitions(
  last: readonly number[],
  { limit, allowedLength }: { limit: number; allowedLength: number },
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const lengths = endsLike(last);
  for (let back = 1; back < last.length; back++) {
    const length = Math.min(lengths[back] ?? 0, limit);
    const token = last[last.length - back] ?? -1;
    if (length >= allowedLength && length > (found.get(token) ?? -1)) found.set(token, length);
  }
  return found;
}

/** For each number of tokens: how many what is left of them without its last so many has at its end in common with all of them (Z algorithm). */
function endsLike(tokens: readonly number[]): Uint32Array {
  const size = tokens.length;
  const lengths = new Uint32Array(size);
  const at = (back: number) => tokens[size - 1 - back];
  let [from, to] = [0, 0];
  for (let back = 1; back < size; back++) {
    let length = back < to ? Math.min(to - back, lengths[back - from] ?? 0) : 0;
    while (back + length < size && at(length) === at(back + length)) length++;
    lengths[back] = length;
    if (back + length > to) [from, to] = [back, back + length];
  }
  return lengths;
}
