import { Flags, type Interfaces } from "@oclif/core";
import { MAX_TOKENS_FIELDS, type RequestOptions } from "../../app/targets/request-body.js";
import type { Complete } from "./complete.js";

const REQUEST = "REQUEST";

/** The flags that say what an endpoint is sent beside the question. */
export const requestFlags = {
  "max-tokens-field": Flags.option({
    options: MAX_TOKENS_FIELDS,
    description: "what an endpoint calls the longest completion [default: max_tokens, and the other where it complains]",
    helpGroup: REQUEST,
  })(),
  body: Flags.string({
    helpValue: "FILE|JSON",
    description: "JSON object merged into every request to an endpoint; null takes a member away",
    helpGroup: REQUEST,
  }),
  "set-extra": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME=VALUE",
    description: "a member for every request to an endpoint, whatever its name; VALUE is JSON or text",
    helpGroup: REQUEST,
  }),
};

/** What `requestFlags` say of every request. */
export function requestOf(flags: Partial<Interfaces.InferredFlags<typeof requestFlags>>): Complete<RequestOptions> {
  return { maxTokensField: flags["max-tokens-field"], body: flags.body, extra: flags["set-extra"] };
}
