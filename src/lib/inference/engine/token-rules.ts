import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { CompletionRequest } from "../openai/completion.js";
import { hasDry, needsLogits } from "./adaptive-sampling.js";
import type { Breakers } from "./dry.js";
import type { GenerationContext } from "./generation-context.js";
import { DRY_BREAKERS } from "./sampling.js";

/** Against a token that may come only where a grammar allows nothing else: an answer that is complete ends. */
const NOT_YET = -1e6;

/** The rules of a request in tokens of a model. */
export interface ReadyRules {
  /** Added to logits, all the time. */
  biases: ReadonlyMap<number, number>;
  /** Token sequences whose last token does not come after the others. */
  banned: readonly (readonly number[])[];
  /** Tokens that end the answer, beside the model's own. */
  stopTokens: ReadonlySet<number>;
  /** Tokens that do not come among the first `minTokens`. */
  ends: readonly number[];
  minTokens: number;
  /** What DRY's repetitions do not go past, where the library's own DRY is not used. */
  breakers: Breakers;
}

type Context = Pick<GenerationContext, "prompts" | "endTokens" | "vocabularySize" | "breakers">;

/** Makes the rules ready. Throws INVALID_ARGUMENT, naming the field, for a token that does not exist. */
export async function prepareRules(request: CompletionRequest, context: Context): Promise<ReadyRules> {
  const { stopTokens = [], minTokens = 0, ignoreEndTokens = false } = request;
  const biases = await biasesOf(request, context);
  const banned: (readonly number[])[] = [];
  for (const word of request.badWords ?? []) banned.push(...(await sequencesOf(word, context)));
  const single = banned.filter(({ length }) => length === 1).flat();
  for (const token of single) biases.set(token, -Infinity);
  for (const token of ignoreEndTokens ? context.endTokens.all : []) if (biases.get(token) !== -Infinity) biases.set(token, NOT_YET);
  refuseNone(request, biases);
  checkTokens(stopTokens, "stop_token_ids", context);
  const ends = minTokens > 0 ? [...context.endTokens.all, ...stopTokens] : [];
  const breakers = await breakersOf(request, context);
  return { biases, banned: banned.filter(({ length }) => length > 1), stopTokens: new Set(stopTokens), ends, minTokens, breakers };
}

async function breakersOf(request: CompletionRequest, { breakers }: Context): Promise<Breakers> {
  return needsLogits(request) && hasDry(request) ? breakers.of(request.dryBreakers ?? DRY_BREAKERS) : new Map<number, never>();
}

async function biasesOf(
  { logitBias = {}, textBias = [], allowedTokens }: CompletionRequest,
  context: Context,
): Promise<Map<number, number>> {
  const biases = new Map<number, number>();
  if (allowedTokens) addAllowed(biases, allowedTokens, context);
  checkTokens(Object.keys(logitBias).map(Number), "logit_bias", context);
  for (const [token, bias] of Object.entries(logitBias)) add(biases, Number(token), bias);
  for (const [text, bias] of textBias) {
    for (const token of await context.prompts.tokenize(text, { special: false })) add(biases, token, bias);
  }
  return biases;
}

/** The rules of one choice as its tokens come: some bias the next token alone. */
export class RulesInForce {
  private readonly rules: ReadyRules;
  private readonly chosen: number[] = [];
  private current: ReadonlyMap<number, number>;

  constructor(rules: ReadyRules) {
    this.rules = rules;
    this.current = this.find();
  }

  /** Whether what is added to logits changes from token to token. */
  static areNeeded({ banned, minTokens }: ReadyRules): boolean {
    return banned.length > 0 || minTokens > 0;
  }

  /** What is added to logits for the next token. */
  get biases(): ReadonlyMap<number, number> {
    return this.current;
  }

  /** Takes the token that came; what is added from now on where that changes, and the tokens so far. */
  take(token: number): { biases: ReadonlyMap<number, number>; chosen: readonly number[] } | undefined {
    this.chosen.push(token);
    const next = this.find();
    if (next === this.current) return undefined;
    this.current = next;
    return { biases: next, chosen: this.chosen };
  }

  private find(): ReadonlyMap<number, number> {
    const { biases, banned, ends, minTokens } = this.rules;
    const last = banned.flatMap((sequence) => (this.endsWith(sequence.slice(0, -1)) ? [sequence.at(-1) ?? -1] : []));
    const early = this.chosen.length < minTokens ? ends : [];
    if (last.length === 0 && early.length === 0) return biases;
    const next = new Map(biases);
    for (const token of early) next.set(token, NOT_YET);
    for (const token of last) next.set(token, -Infinity);
    return next;
  }

  private endsWith(tokens: readonly number[]): boolean {
    const from = this.chosen.length - tokens.length;
    return from >= 0 && tokens.every((token, i) => this.chosen[from + i] === token);
  }
}

function add(biases: Map<number, number>, token: number, bias: number): void {
  biases.set(token, (biases.get(token) ?? 0) + bias);
}

function addAllowed(biases: Map<number, number>, allowed: readonly number[], context: Context): void {
  checkTokens(allowed, "allowed_token_ids", context);
  const may = new Set(allowed);
  for (let token = 0; token < context.vocabularySize; token++) if (!may.has(token)) biases.set(token, -Infinity);
  for (const token of context.endTokens.all) if (!may.has(token)) biases.set(token, NOT_YET);
}

/** Throws INVALID_ARGUMENT where none of the tokens that are allowed may come. */
function refuseNone({ allowedTokens }: CompletionRequest, biases: ReadonlyMap<number, number>): void {
  if (!allowedTokens || allowedTokens.some((token) => biases.get(token) !== -Infinity)) return;
  throw new LlmopsError("INVALID_ARGUMENT", "allowed_token_ids: no token is left, since others of the request's fields forbid these.", {
    hint: "Allow a token that logit_bias and bad_words do not forbid.",
    param: "allowed_token_ids",
  });
}

/** As a word may begin a text, or follow a space. */
async function sequencesOf(word: string, { prompts }: Context): Promise<(readonly number[])[]> {
  const plain = word.trimStart();
  const found: (readonly number[])[] = [];
  for (const text of new Set([word, plain, ` ${plain}`])) {
    const tokens = await prompts.tokenize(text, { special: false });
    if (tokens.length > 0) found.push(tokens);
  }
  return found;
}

function checkTokens(tokens: readonly number[], param: string, { vocabularySize }: Context): void {
  const wrong = tokens.find((token) => token >= vocabularySize);
  if (wrong === undefined) return;
  throw new LlmopsError("INVALID_ARGUMENT", `Token ${wrong} does not exist: the vocabulary has ${vocabularySize} tokens.`, { param });
}
