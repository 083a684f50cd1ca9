import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { JsonObject } from "../../inference/gateway/call.js";
import { OWN_FIELDS } from "../../inference/gateway/own-fields.js";
import { checkCount, MOST_CHOICES } from "./call-bounds.js";

/** OpenAI's fields whose cost the bound of a call holds. Not among them: web_search_options, prediction and service_tier, which cost extra. */
const OPENAI =
  "model messages prompt suffix echo max_tokens max_completion_tokens n best_of stream stream_options temperature top_p " +
  "frequency_penalty presence_penalty logit_bias logprobs top_logprobs seed stop response_format tools tool_choice parallel_tool_calls " +
  "functions function_call modalities audio reasoning_effort verbosity user metadata store safety_identifier prompt_cache_key " +
  "prompt_cache_retention";
/** Those of llama-server, vLLM and their like, most of which choose the next token. */
const ENGINES =
  "n_predict max_new_tokens n_cmpl min_tokens min_new_tokens use_beam_search beam_width num_beams length_penalty early_stopping " +
  "top_k min_p top_a tfs_z typical_p top_n_sigma repetition_penalty repeat_penalty repeat_last_n mirostat mirostat_tau mirostat_eta " +
  "dry_multiplier dry_base dry_allowed_length dry_penalty_last_n dry_sequence_breakers xtc_probability xtc_threshold dynatemp_range " +
  "dynatemp_exponent samplers ignore_eos stop_token_ids include_stop_str_in_output skip_special_tokens spaces_between_special_tokens " +
  "bad_words allowed_token_ids add_generation_prompt add_special_tokens continue_final_message chat_template_kwargs grammar json_schema " +
  "guided_json guided_regex guided_choice guided_grammar structured_outputs truncate_prompt_tokens return_token_ids cache_prompt id_slot " +
  "priority request_id cache_salt enable_thinking reasoning_format reasoning_budget";
const KNOWN = new Set([...`${OPENAI} ${ENGINES}`.split(" "), ...OWN_FIELDS]);

/** The names by which engines are told how many sequences they compute for each answer. */
const BEAMS = ["beam_width", "num_beams"] as const;
/** The names by which they are told how long an answer has to be at least. */
const LEAST_TOKENS = ["min_tokens", "min_new_tokens"] as const;
/** A tool of another kind is run by the upstream itself, whose model then continues with what it brought. */
const TOOLS_OF_CLIENTS = ["function", "custom"];

/**
 * Refuses what could make an upstream compute more than a call's bound: fields that nobody knows here, and tools that an upstream runs
 * itself. What the operator allows, or gives to requests by itself, passes. Throws INVALID_ARGUMENT naming the field.
 */
export function refuseUnbounded(body: JsonObject, allowed: readonly string[], defaults: Readonly<Record<string, unknown>> = {}): void {
  for (const [name, value] of Object.entries(body)) {
    const isGiven = Object.hasOwn(defaults, name) && defaults[name] === value;
    if (value === null || value === undefined || KNOWN.has(name) || isGiven || allowed.includes(name)) continue;
    throw new LlmopsError("INVALID_ARGUMENT", `${name.slice(0, 80)}: whoever has a budget cannot send a field whose cost is not known.`, {
      param: name.slice(0, 80),
      hint: "max_tokens bounds an answer. The operator allows further fields with --budget-field (security.budget_fields).",
    });
  }
  const { tools } = body;
  if (!Array.isArray(tools) || allowed.includes("tools")) return;
  const other = tools.findIndex((tool: JsonObject | null) => !TOOLS_OF_CLIENTS.includes(String(tool?.["type"])));
  if (other === -1) return;
  throw new LlmopsError("INVALID_ARGUMENT", `tools[${other}]: whoever has a budget can only offer functions.`, {
    param: `tools[${other}].type`,
    hint: "The operator allows tools of other kinds, whose cost is not known, with --budget-field tools (security.budget_fields).",
  });
}

/** How many sequences are computed for each answer. Throws INVALID_ARGUMENT naming the field. */
export function beamsAsked(body: JsonObject): number {
  for (const name of BEAMS) checkCount(name, body[name], 1, MOST_CHOICES);
  return Math.max(1, ...BEAMS.map((name) => (typeof body[name] === "number" ? body[name] : 1)));
}

/** Refuses an answer that has to be longer than it may. Throws INVALID_ARGUMENT naming the field. */
export function refuseLongerThan(body: JsonObject, most: number): void {
  for (const name of LEAST_TOKENS) {
    checkCount(name, body[name], 0, Number.MAX_SAFE_INTEGER);
    if (typeof body[name] !== "number" || body[name] <= most) continue;
    throw new LlmopsError("INVALID_ARGUMENT", `${name}: ${body[name]} is more than the ${most} tokens that the answer may have.`, {
      param: name,
      hint: "Say max_tokens, and no less than that.",
    });
  }
}
