import type { Steps } from "./slices.js";

/** Lists of at least so many entries are written in groups. */
export const LONG_LIST = 256;
/** So many numbers or texts are written at once, */
const GROUP = 4096;
/** and so many lists or objects, which may themselves be long. */
const GROUP_OF_LISTS = 8;

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether an object has a list that takes long to write. */
export function hasLongList(value: unknown): value is JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Uint8Array) return false;
  return Object.values(value).some((member) => Array.isArray(member) && member.length >= LONG_LIST);
}

/** An object's JSON, as JSON.stringify writes it, its long lists in steps. */
export function* jsonText(value: JsonObject): Steps<string> {
  let text = "";
  for (const [name, member] of Object.entries(value)) {
    const isLong = Array.isArray(member) && member.length >= LONG_LIST;
    const written = isLong ? yield* listText(member) : (JSON.stringify(member) as string | undefined);
    if (written !== undefined) text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${written}`;
  }
  return `{${text}}`;
}

function* listText(list: readonly unknown[]): Steps<string> {
  let text = "";
  const step = typeof list[0] === "object" ? GROUP_OF_LISTS : GROUP;
  for (let from = 0; from < list.length; from += step) {
    const group = JSON.stringify(list.slice(from, from + step)).slice(1, -1);
    text += `${from === 0 ? "" : ","}${group}`;
    yield;
  }
  return `[${text}]`;
}
