/** A seeded stream of uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * A small fast generator (sfc32, Chris Doty-Humphrey's PractRand) seeded from 32 bits.
 * The same seed gives the same stream on every platform.
 */
export function createRandom(seed: number): Random {
  let [a, b, c, counter] = [mix(seed), mix(seed + 1), mix(seed + 2), 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  return next;
}

/**
 * A 32-bit seed that depends on every part, in order: use it to give each cell of a study its own
 * stream. Parts are hashed as text with FNV-1a and finished with murmur3's mixer.
 */
export function deriveSeed(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of parts.map(String).join("\u0000")) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  }
  return mix(hash) >>> 0;
}

/** A new array with the items in random order (Fisher-Yates). */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j] as T, out[i] as T];
  }
  return out;
}

/** murmur3's 32-bit finalizer (Austin Appleby, public domain). */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
