import { z } from "zod";
import type { CompletionRequest } from "./completion.js";

/** So many of the likeliest tokens at a place. */
export const logprobCount = z.number().int().min(0).max(20);

/** What asks for more of an answer than its text: names of vLLM's and of llama-server's. */
export const demandFields = {
  return_token_ids: z
    .boolean()
    .nullish()
    .describe("Return prompt_token_ids and, with every choice or event, its token_ids, including the token that ended it (vLLM's name)."),
  return_tokens: z.boolean().nullish().describe("Return the token ids of every choice or event as tokens (llama-server's name)."),
  return_tokens_as_token_ids: z.boolean().nullish().describe("Log-probabilities name tokens by their ids: token_id:123 (vLLM's name)."),
  prompt_logprobs: logprobCount
    .nullish()
    .describe("Return log-probabilities of the prompt's tokens by id, with this many alternatives; also in streams (vLLM's name)."),
  n_probs: logprobCount.nullish().describe("The same as logprobs with this many alternatives (llama-server's name)."),
  post_sampling_probs: z
    .boolean()
    .nullish()
    .describe("Return prob and top_probs, the distribution tokens were sampled from, instead of log-probabilities (llama-server's name)."),
};

type DemandFields = z.output<z.ZodObject<typeof demandFields>>;

/** How an answer is to be written. */
export interface AnswerForm {
  /** vLLM's `token_ids` and `prompt_token_ids`. */
  tokenIds: boolean;
  /** llama-server's `tokens`. */
  tokens: boolean;
  /** Log-probabilities name tokens by their ids. */
  namesByIds: boolean;
  /** Probabilities that tokens were drawn from stand in the place of log-probabilities. */
  drawn: boolean;
  /** Log-probabilities of a text completion also come as llama-server has them. */
  entries: boolean;
  /** vLLM's `prompt_logprobs`. */
  promptLogprobs: boolean;
}

/** The form of an answer of which nothing special is asked. */
export const PLAIN_FORM: AnswerForm = {
  ...{ tokenIds: false, tokens: false, namesByIds: false },
  ...{ drawn: false, entries: false, promptLogprobs: false },
};

type Demand = Pick<CompletionRequest, "topLogprobs" | "promptLogprobs" | "drawnProbs" | "tokenIds">;

/** What a body asks to be read along with the answer; `topLogprobs` is what it says of log-probabilities, undefined for none. */
export function toDemand(body: DemandFields, topLogprobs: number | undefined): Demand {
  return {
    ...(topLogprobs !== undefined && { topLogprobs }),
    ...(topLogprobs !== undefined && body.post_sampling_probs && { drawnProbs: topLogprobs }),
    ...(typeof body.prompt_logprobs === "number" && { promptLogprobs: body.prompt_logprobs }),
    ...((body.return_token_ids || body.return_tokens) && { tokenIds: true }),
  };
}

/** The form a body asks for. */
export function toForm(body: DemandFields): AnswerForm {
  return {
    tokenIds: body.return_token_ids ?? false,
    tokens: body.return_tokens ?? false,
    namesByIds: body.return_tokens_as_token_ids ?? false,
    drawn: body.post_sampling_probs ?? false,
    entries: typeof body.n_probs === "number" || body.post_sampling_probs === true,
    promptLogprobs: typeof body.prompt_logprobs === "number",
  };
}
