import { z } from "zod";
import type { Refusal } from "./body-issues.js";

/** A field that changes no answer here: any value is taken. */
export function taken(why: string): z.ZodOptional<z.ZodUnknown> {
  return z.unknown().optional().describe(`Taken, not used: ${why}.`);
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
  user: taken("requests are told apart by their keys"),
  safety_identifier: taken("requests are told apart by their keys"),
  metadata: taken("tags name what a tracked request is to be found by"),
  store: taken("track_experiment records a request"),
  service_tier: taken("priority says which requests come first"),
  prediction: taken("it could make an answer faster, not another"),
  prompt_cache_key: taken("what prompts have in common is found by itself"),
  prompt_cache_retention: taken("what prompts have in common is found by itself"),
  cache_prompt: taken("what prompts have in common is always reused, except with serve --deterministic"),
  cache_salt: taken("only tokens of the same prompt are reused"),
  keep_alive: taken("--models-max says how many models stay loaded"),
  id_slot: taken("a free slot is chosen by what it holds already"),
  request_id: taken("X-Request-Id names a request"),
  n_keep: taken("a context that is full ends the answer, and nothing of it is dropped"),
  n_discard: taken("a context that is full ends the answer, and nothing of it is dropped"),
  timings_per_token: taken("the last event of a stream has the timings"),
  return_progress: taken("events begin with the first token"),
  spaces_between_special_tokens: taken("no spaces are put between special tokens"),
};

/** What other servers have and this one does not. */
export const refusedFields = {
  functions: refused([], "Say tools, each with type function."),
  function_call: refused([], "Say tool_choice, and tools in place of functions."),
  audio: refused([], "Models answer with text only."),
  web_search_options: refused([], "Offer the model a tool that searches."),
  verbosity: refused(["medium"], "Say in the prompt how long the answer is to be, or bound it with max_tokens."),
  use_beam_search: refused([false], "Set n for several answers to one prompt."),
  beam_width: refused([1], "Set n for several answers to one prompt."),
  num_beams: refused([1], "Set n for several answers to one prompt."),
  length_penalty: refused([1], "It belongs to beam search; leave it out."),
  early_stopping: refused([false], "It belongs to beam search; leave it out."),
  top_a: refused([0], "Set min_p, which also cuts relative to the likeliest token."),
  tfs_z: refused([1], "Set min_p or typical_p."),
  n_indent: refused([0], "Hold the answer to a grammar, or to a regular expression with guided_regex."),
  min_keep: refused([0, 1], "Leave it out: at least one token is always kept."),
  logits_processors: refused([[]], "Set logit_bias, bad_words or allowed_token_ids."),
  detokenize: refused([true], "Answers are text; ask /tokenize for its tokens."),
  response_fields: refused([[]], "Leave fields of the answer out where you read it."),
  lora: refused([[]], "Name the adapter as the model: MODEL:ADAPTER."),
  enable_thinking: refused([], "Say it in chat_template_kwargs."),
};
