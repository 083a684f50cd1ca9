import { z } from "zod";

/** What a model continues: a text, or token ids with texts between them. */
export type Prompt = string | readonly (string | number)[];

const tokenId = z.number().int().min(0);
/** Token ids, or token ids and texts, of one prompt. Ids alone are tried first: there may be many. */
const tokens = z.union([z.array(tokenId).min(1), z.array(z.union([tokenId, z.string()])).min(1)], {
  error: "a list of token ids, or of token ids and texts, is expected",
});
export const promptSchema = z.union([z.string(), tokens], {
  error: "a text, a list of token ids, or one of token ids and texts, is expected",
});

/** One prompt, or at most so many. A list with a token id in it is one prompt, as llama-server has it (tokenize_input_prompts). */
export function promptsSchema(most: number) {
  return z.union([promptSchema, z.array(promptSchema).min(1).max(most)], {
    error: "a text, a list of token ids with or without texts, or a list of several of these, is expected",
  });
}

/** True for a list of prompts; a list with a token id in it is one prompt. */
export function isSeveral(given: unknown): given is readonly unknown[] {
  return Array.isArray(given) && !given.some((one) => typeof one === "number");
}

/** How many prompts there are in what a body has as its prompt. */
export function promptCount(given: unknown): number {
  return isSeveral(given) ? Math.max(1, given.length) : 1;
}

/** The prompts that a checked body has. */
export function toPrompts(given: Prompt | readonly Prompt[]): Prompt[] {
  return isSeveral(given) ? [...(given as readonly Prompt[])] : [given];
}

/** A prompt as its texts and the runs of token ids between them. */
export function promptRuns(prompt: Prompt): (string | number[])[] {
  if (typeof prompt === "string") return [prompt];
  const runs: (string | number[])[] = [];
  for (const part of prompt) {
    const last = runs.at(-1);
    if (typeof part === "string") runs.push(part);
    else if (Array.isArray(last)) last.push(part);
    else runs.push([part]);
  }
  return runs;
}

/** The fewest bytes that a prompt's text can have: a token has at least one. */
export function leastBytes(prompt: Prompt): number {
  return promptRuns(prompt).reduce((sum, run) => sum + (typeof run === "string" ? Buffer.byteLength(run) : run.length), 0);
}
