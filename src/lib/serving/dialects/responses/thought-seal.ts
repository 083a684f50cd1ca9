const MARK = "llmops-thought:";

/**
 * Thoughts as clients hand them back without reading them (`encrypted_content`): nothing is kept from whoever was given the answer, so
 * they are only encoded.
 */
export function sealThoughts(thoughts: string): string {
  return MARK + Buffer.from(thoughts).toString("base64");
}

/** What was sealed here; undefined for what another server has sealed, which nobody can read. */
export function openThoughts(sealed: string): string | undefined {
  return sealed.startsWith(MARK) ? Buffer.from(sealed.slice(MARK.length), "base64").toString() : undefined;
}
