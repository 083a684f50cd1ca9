/** The part of an answer that is marked as its result: what stands in the last \boxed{}, else after GSM8K's ####. */
export function finalPart(text: string): string | undefined {
  return lastBoxed(text) ?? afterHashes(text);
}

/** The line after GSM8K's mark. */
export function afterHashes(text: string): string | undefined {
  const at = text.lastIndexOf("####");
  return at < 0 ? undefined : text.slice(at + 4).split("\n", 1)[0];
}

/** What stands in the last \boxed{...}, its braces in pairs. */
export function lastBoxed(text: string): string | undefined {
  const at = text.lastIndexOf("\\boxed");
  const begin = at < 0 ? -1 : text.indexOf("{", at);
  if (begin < 0) return at < 0 ? undefined : text.slice(at + 6);
  let depth = 0;
  for (let i = begin; i < text.length; i++) {
    if (text[i] === "{") depth++;
    else if (text[i] === "}" && --depth === 0) return text.slice(begin + 1, i);
  }
  return text.slice(begin + 1);
}
