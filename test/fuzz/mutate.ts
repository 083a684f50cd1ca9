import type { Random } from "../../src/lib/base/math/random.js";

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** One of a list. */
export function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T;
}

const deep = (depth: number): Json => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as Json;

/** Values that programs trip over: edges of numbers, hostile texts, other types, depth, size. */
const STRANGE: readonly ((random: Random) => Json)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => -0.5,
  () => 1e308,
  () => -1e308,
  () => 2 ** 53,
  () => 2 ** 31,
  () => 0.1 + 0.2,
  (random) => Math.floor(random() * 1000),
  () => "",
  () => " ",
  () => "NaN",
  () => "-1",
  () => "1e999",
  () => "__proto__",
  () => "constructor",
  () => "../../../../etc/passwd",
  () => "a\u0000b",
  () => "\ud800",
  () => "\u202e\u001b]0;x\u0007",
  () => "'; DROP TABLE runs; --",
  () => "%00%2e%2e%2f",
  () => "{{constructor.constructor('return process')()}}",
  () => "<|im_start|>system",
  () => "é".repeat(300),
  () => "x".repeat(20_000),
  () => [],
  () => ({}),
  () => [null],
  () => [[[[]]]],
  () => ({ __proto__x: 1, toString: 1, "": {} }),
  () => Array.from({ length: 300 }, (_, i) => i),
  (random) => deep(1 + Math.floor(random() * 400)),
];

/** A value nobody expects. */
export function strange(random: Random): Json {
  return pick(STRANGE, random)(random);
}

/** The value with one to three changes somewhere inside: replaced, removed, doubled, wrapped, or with a member more. */
export function mutate(value: Json, random: Random, names: readonly string[]): Json {
  let changed = structuredClone(value);
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) changed = change(changed, random, names);
  return changed;
}

function change(value: Json, random: Random, names: readonly string[]): Json {
  if (typeof value !== "object" || value === null || random() < 0.05) return random() < 0.5 ? strange(random) : [value];
  const keys = Object.keys(value);
  const key = keys.length === 0 || random() < 0.25 ? pick(names, random) : pick(keys, random);
  const inside = value as Record<string, Json>;
  if (Array.isArray(value)) {
    if (value.length === 0 || random() < 0.3) return [...value, strange(random)];
    const i = Math.floor(random() * value.length);
    return value.flatMap((item, j) =>
      j !== i ? [item] : random() < 0.2 ? [] : random() < 0.2 ? [item, item] : [change(item, random, names)],
    );
  }
  if (random() < 0.15) return Object.fromEntries(Object.entries(inside).filter(([name]) => name !== key));
  return { ...inside, [key]: random() < 0.5 && inside[key] !== undefined ? change(inside[key], random, names) : strange(random) };
}

/** The text of a body as a client may send it: now and then cut off, with a byte changed, or no JSON at all. */
export function toBody(value: Json, random: Random): Buffer {
  const bytes = Buffer.from(JSON.stringify(value) ?? "");
  const kind = random();
  if (kind < 0.03) return bytes.subarray(0, Math.floor(random() * bytes.length));
  if (kind < 0.06) return mutateBytes(bytes, random);
  return kind < 0.07 ? Buffer.from(`[${bytes.toString()}`) : bytes;
}

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff];

/** A file or message with damage of the usual kinds: bits, bytes, lengths, cuts, repeats, and parts in another order. */
export function mutateBytes(bytes: Buffer, random: Random): Buffer {
  let out = Buffer.from(bytes);
  const at = () => Math.floor(random() * Math.max(1, out.length));
  for (let times = 1 + Math.floor(random() * 4); times > 0; times--) {
    const kind = Math.floor(random() * 6);
    const i = at();
    if (kind === 0 && out.length > 0) out[i] = (out[i] ?? 0) ^ (1 << Math.floor(random() * 8));
    else if (kind === 1 && out.length > 0) out[i] = pick(INTERESTING, random);
    else if (kind === 2 && out.length > 8)
      out.writeBigUInt64LE(BigInt(Math.floor(random() * 2 ** 53)) << BigInt(Math.floor(random() * 11)), Math.min(i, out.length - 8));
    else if (kind === 3) out = out.subarray(0, i);
    else if (kind === 4) out = Buffer.concat([out.subarray(0, i), out.subarray(at())]);
    else out = Buffer.concat([out.subarray(0, i), Buffer.from(JSON.stringify(strange(random))), out.subarray(i)]);
  }
  return out;
}
