import { LlmopsError } from "../../lib/base/errors/llmops-error.js";

/** KEY=VALUE flags as an object. Throws INVALID_ARGUMENT naming the flag. */
export function parsePairs(texts: readonly string[], flag: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined) {
        throw new LlmopsError("INVALID_ARGUMENT", `${flag} ${text} has no value.`, { hint: `Write ${flag} KEY=VALUE.` });
      }
      return [key.trim(), value];
    }),
  );
}
