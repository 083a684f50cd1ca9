import { Flags, type Interfaces } from "@oclif/core";
import { MAX_TOKENS_FIELDS, type RequestOptions } from "../../app/targets/request-body.js";
import type { Complete } from "./complete.js";

const REQUEST = "REQUEST";

/** The flags that say what an endpoint is sent beside the question. */
export const requestFlags = {
  "max-tokens-field": Flags.option({
    options: MAX_TOKENS_FIELDS,
    description: "the endpoint's name for the token limit [default: max_tokens, or the other if the endpoint rejects it]",
    helpGroup: REQUEST,
  })(),
  body: Flags.string({
    helpValue: "FILE|JSON",
    description: "JSON object merged into every request to an endpoint; null removes a member",
    helpGroup: REQUEST,
  }),
  "set-extra": Flags.string({
    multiple: true,
    multipleNonGreedy: true,
    helpValue: "NAME=VALUE",
    description: "add any member to every request to an endpoint; VALUE is JSON or text",
    helpGroup: REQUEST,
  }),
};

/** What `requestFlags` say of every request. */
export function requestOf(flags: Partial<Interfaces.InferredFlags<typeof requestFlags>>): Complete<RequestOptions> {
  return { maxTokensField: flags["max-tokens-field"], body: flags.body, extra: flags["set-extra"] };
}
