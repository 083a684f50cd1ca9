import { z } from "zod";
import { SAMPLER_STEPS, type SamplerStep, type TokenRules } from "./completion.js";

const MOST_IDS = 1_000_000;
const tokenId = z.number().int().min(0).max(MOST_IDS);
const tokenIds = z.array(tokenId);
const bias = z.union([z.number().min(-100).max(100), z.literal(false)], {
  error: "a bias is a number from -100 to 100, or false for a token that never comes",
});
/** llama-server's names of samplers, where they are other than ours, and its letters. */
const STEP_OF: Readonly<Record<string, SamplerStep>> = {
  ...Object.fromEntries(SAMPLER_STEPS.map((step) => [step, step])),
  ...{ typical_p: "typ_p", typical: "typ_p", temp: "temperature", "top-k": "top_k", "top-p": "top_p", "min-p": "min_p" },
  ...{ e: "penalties", d: "dry", s: "top_n_sigma", k: "top_k", y: "typ_p", p: "top_p", m: "min_p", x: "xtc", t: "temperature" },
};
const steps = z
  .union([z.array(z.string()), z.string().transform((letters) => Array.from(letters))], { error: "a list of names, or a text of letters" })
  .transform(readSteps);

/** What says which tokens an answer may have and where it ends: OpenAI's logit_bias, and names of vLLM's and llama-server's. */
export const tokenFields = {
  logit_bias: z
    .union([z.record(z.string(), bias), z.array(z.tuple([z.union([tokenId, z.string()]), bias]))])
    .nullish()
    .describe("Added to logits, by token id or, for each token of a text, by text; false bans a token. Also a list of pairs."),
  allowed_token_ids: tokenIds.min(1).nullish().describe("Only these tokens may be generated (vLLM's name)."),
  bad_words: z.array(z.string().min(1)).nullish().describe("Texts that may not be generated (vLLM's name)."),
  stop_token_ids: tokenIds.nullish().describe("Tokens that end the answer; they are not part of it (vLLM's name)."),
  include_stop_str_in_output: z.boolean().nullish().describe("Include the stop text or token in the answer (vLLM's name)."),
  skip_special_tokens: z.boolean().nullish().describe("false: texts include the names of control tokens (vLLM's name)."),
  truncate_prompt_tokens: z
    .number()
    .int()
    .min(-1)
    .nullish()
    .describe("Read only this many of the prompt's last tokens; -1 for as many as the context holds (vLLM's name)."),
  t_max_predict_ms: z
    .number()
    .nullish()
    .describe(
      "Ends the answer once it has a line break and this many milliseconds have passed since its first token (llama-server's name).",
    ),
  samplers: steps.nullish().describe(`The samplers to apply, in this order: ${SAMPLER_STEPS.join(", ")} (llama-server's name).`),
  penalize_prompt: z
    .boolean()
    .nullish()
    .describe("Penalties and DRY also consider the prompt's last tokens, as in llama-server; true by default at /completion and /infill."),
  dry_sequence_breakers: z
    .array(z.string().min(1))
    .nullish()
    .describe("Texts at which DRY stops looking for repetition (llama-server's name)."),
};

type TokenFields = z.output<z.ZodObject<typeof tokenFields>>;

/** The rules of a body; what is absent, or changes nothing, stays absent. */
export function toTokenRules(body: TokenFields): TokenRules {
  const limit = body.t_max_predict_ms ?? 0;
  const lists = {
    allowedTokens: body.allowed_token_ids,
    badWords: body.bad_words,
    stopTokens: body.stop_token_ids,
    dryBreakers: body.dry_sequence_breakers,
  };
  return {
    ...toBiases(body.logit_bias),
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list && list.length > 0)),
    ...(body.include_stop_str_in_output && { keepsStop: true as const }),
    ...(body.skip_special_tokens === false && { showsSpecial: true as const }),
    ...(typeof body.truncate_prompt_tokens === "number" && { promptTail: body.truncate_prompt_tokens }),
    ...(limit > 0 && { decodeLimitMs: limit }),
    ...(body.samplers && { samplers: body.samplers }),
    ...(body.penalize_prompt && { countsPrompt: true as const }),
  };
}

/** A key of digits is a token, any other one a text. */
function toBiases(given: TokenFields["logit_bias"]): Pick<TokenRules, "logitBias" | "textBias"> {
  if (!given) return {};
  const pairs = (Array.isArray(given) ? given : Object.entries(given)).map(
    ([what, value]) => [String(what), value === false ? -Infinity : value] as const,
  );
  const isToken = ([what]: readonly [string, number]) => /^\d+$/.test(what);
  const texts = pairs.filter((pair) => !isToken(pair));
  const tokens = pairs.filter(isToken);
  return {
    ...((tokens.length > 0 || texts.length === 0) && { logitBias: Object.fromEntries(tokens) }),
    ...(texts.length > 0 && { textBias: texts }),
  };
}

function readSteps(names: readonly string[], context: z.core.$RefinementCtx<readonly string[]>): SamplerStep[] {
  const found: SamplerStep[] = [];
  for (const name of names) {
    const step = Object.hasOwn(STEP_OF, name) ? STEP_OF[name] : undefined;
    const last = found.at(-1);
    const isNext = step && (last === undefined || SAMPLER_STEPS.indexOf(step) > SAMPLER_STEPS.indexOf(last));
    if (step && isNext) {
      found.push(step);
      continue;
    }
    const problem = step ? `${name} does not come after ${String(last)}` : `"${name.slice(0, 80)}" is not one of them`;
    context.addIssue({ code: "custom", message: `${problem}; samplers act in the order ${SAMPLER_STEPS.join(", ")}` });
    return z.NEVER;
  }
  return found;
}
