/** An object of JSON, whose members are not known yet. */
export type JsonObject = Record<string, unknown>;

/** The value as an object of JSON; undefined for anything else. */
export function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** The text as an object of JSON; undefined where it is none. */
export function parseObject(text: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}
