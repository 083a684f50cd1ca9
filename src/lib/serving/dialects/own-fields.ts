import { samplingFields } from "../../base/config/sampling-parameters.js";
import type { JsonObject } from "../../inference/openai/json-object.js";
import { commonFields } from "../../inference/openai/wire-fields.js";
import { templateFields } from "../../inference/openai/wire-template.js";

const { logit_bias, ignore_eos, priority, track_experiment, experiment_name, run_name, tags, ...rest } = commonFields;
const { timeout, first_token_timeout, stall_timeout } = rest;
const { chat_template_kwargs, chat_template } = templateFields;

/** What requests of every API may say with the names that chats have for it: the sampler, the chat template, tracking, deadlines. */
export const ownFields = {
  ...samplingFields(),
  ...{ logit_bias, ignore_eos, priority, chat_template_kwargs, chat_template },
  ...{ track_experiment, experiment_name, run_name, tags, timeout, first_token_timeout, stall_timeout },
};

/** What of a body is said with those names. */
export function ownFieldsOf(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([name]) => Object.hasOwn(ownFields, name)));
}
