import { jsonrepair } from "jsonrepair";

/** A JSON object that stands in a text, with where it stands. */
export interface FoundObject {
  start: number;
  /** The offset after its closing brace. */
  end: number;
  members: Record<string, unknown>;
}

/** Characters looked at before a text is given up: only a text of braces without an end gets there. */
const MOST_STEPS = 5_000_000;

const QUOTES = { double: '"', both: "\"'", none: "" } as const;

/**
 * The outermost JSON objects of a text, in their order. One that is not strict JSON (comments, trailing commas, single quotes, raw
 * new lines, Python's True and None, unquoted keys) is repaired, and counts where it then passes `matters`; otherwise what stands
 * inside it is looked at. None where the text is nothing but unclosed braces.
 */
export function findObjects(text: string, matters: (members: Record<string, unknown>) => boolean): FoundObject[] {
  const found: FoundObject[] = [];
  const steps = { left: MOST_STEPS };
  for (let start = text.indexOf("{"); start >= 0 && steps.left > 0; start = text.indexOf("{", start)) {
    const object = objectAt(text, start, { matters, steps });
    if (object) found.push(object);
    start = object?.end ?? start + 1;
  }
  return steps.left > 0 ? found : [];
}

/** The JSON object a text is, strict or repaired; undefined for anything else. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  return strict(text) ?? repaired(text);
}

interface Search {
  matters: (members: Record<string, unknown>) => boolean;
  steps: { left: number };
}

function objectAt(text: string, start: number, { matters, steps }: Search): FoundObject | undefined {
  const end = endOf(text, start, QUOTES.double, steps);
  const members = end === undefined ? undefined : strict(text.slice(start, end));
  if (end !== undefined && members) return { start, end, members };
  // an apostrophe is a quote in Python's notation, and none in a comment
  const ends = new Set([end, endOf(text, start, QUOTES.both, steps), endOf(text, start, QUOTES.none, steps)]);
  for (const other of ends) {
    const fixed = other === undefined ? undefined : repaired(text.slice(start, other));
    if (other !== undefined && fixed && matters(fixed)) return { start, end: other, members: fixed };
  }
  return undefined;
}

/** The offset after the brace that closes the one at `start`, braces in strings not counted. */
function endOf(text: string, start: number, quotes: string, steps: Search["steps"]): number | undefined {
  let depth = 0;
  let quote: string | undefined;
  for (let i = start; i < text.length; i++) {
    if (steps.left-- <= 0) return undefined;
    const character = text[i] as string;
    if (quote !== undefined) {
      if (character === "\\") i++;
      else if (character === quote) quote = undefined;
    } else if (quotes.includes(character)) quote = character;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return i + 1;
  }
  return undefined;
}

function strict(text: string): Record<string, unknown> | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function repaired(text: string): Record<string, unknown> | undefined {
  // a fraction without quotes would be taken for the beginning of a comment
  const quoted = text.replace(/:\s*(-?\d[\d.]*\s*(?:\/|out of)\s*\d[\d.]*)(?=\s*[,}\n])/g, ': "$1"');
  for (const candidate of new Set([text, quoted])) {
    try {
      const object = asObject(JSON.parse(jsonrepair(candidate)));
      if (object) return object;
    } catch {
      // the next one, or none
    }
  }
  return undefined;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
