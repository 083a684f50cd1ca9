import { z } from "zod";
import type { Refusal } from "./body-issues.js";

/** A field that changes no answer here: any value is taken. */
export function taken(why: string): z.ZodOptional<z.ZodUnknown> {
  return z.unknown().optional().describe(`Accepted and ignored: ${why}.`);
}

/**
 * A field that changes answers in a way this server cannot: values other than those that leave it off are refused by its name, with a hint
 * that says what to do instead.
 */
export function refused(off: readonly unknown[], hint: string): z.ZodOptional<z.ZodUnknown> {
  const same = new Set(off.map((value) => JSON.stringify(value)));
  const but = off.length === 0 ? "" : ` unless it is ${[...same].join(" or ")}`;
  return z
    .unknown()
    .optional()
    .superRefine((value, context) => {
      if (value === undefined || value === null || same.has(JSON.stringify(value))) return;
      const refusal: Refusal = { value, hint };
      context.addIssue({ code: "custom", message: "not supported", params: { refused: refusal } });
    })
    .describe(`Refused${but}. ${hint}`);
}

/** What clients send along for services that keep accounts, caches or several machines; no answer here depends on it. */
export const harmlessFields = {
  user: taken("keys tell requests apart"),
  safety_identifier: taken("keys tell requests apart"),
  metadata: taken("use tags to find a tracked request"),
  store: taken("track_experiment records a request"),
  service_tier: taken("priority says which requests come first"),
  prediction: taken("it could only make an answer faster"),
  prompt_cache_key: taken("common beginnings of prompts are found automatically"),
  prompt_cache_retention: taken("common beginnings of prompts are found automatically"),
  cache_prompt: taken("common beginnings of prompts are always reused, except with serve --deterministic"),
  cache_salt: taken("only tokens of the same prompt are reused"),
  keep_alive: taken("--models-max sets how many models stay loaded"),
  id_slot: taken("the free slot that already holds most of the prompt is chosen"),
  request_id: taken("X-Request-Id names a request"),
  n_keep: taken("a full context ends the answer; no tokens are dropped from it"),
  n_discard: taken("a full context ends the answer; no tokens are dropped from it"),
  timings_per_token: taken("the last event of a stream carries the timings"),
  return_progress: taken("events start with the first token"),
  spaces_between_special_tokens: taken("special tokens are never separated by spaces"),
};

/** What other servers have and this one does not. */
export const refusedFields = {
  functions: refused([], "Use tools, each with type function."),
  function_call: refused([], "Use tool_choice, and tools instead of functions."),
  audio: refused([], "Models answer with text only."),
  web_search_options: refused([], "Offer the model a tool that searches."),
  verbosity: refused(["medium"], "Ask for a length in the prompt, or limit it with max_tokens."),
  use_beam_search: refused([false], "Set n for several answers to one prompt."),
  beam_width: refused([1], "Set n for several answers to one prompt."),
  num_beams: refused([1], "Set n for several answers to one prompt."),
  length_penalty: refused([1], "It belongs to beam search; leave it out."),
  early_stopping: refused([false], "It belongs to beam search; leave it out."),
  top_a: refused([0], "Set min_p, which also cuts relative to the most likely token."),
  tfs_z: refused([1], "Set min_p or typical_p."),
  n_indent: refused([0], "Constrain the answer with a grammar, or with guided_regex."),
  min_keep: refused([0, 1], "Leave it out: at least one token is always kept."),
  logits_processors: refused([[]], "Set logit_bias, bad_words, or allowed_token_ids."),
  detokenize: refused([true], "Answers are text; use /tokenize to get its tokens."),
  response_fields: refused([[]], "Select the fields where you read the answer."),
  lora: refused([[]], "Name the adapter as the model: MODEL:ADAPTER."),
  enable_thinking: refused([], "Set it in chat_template_kwargs."),
};
