import type { Choice, Chunk, ChunkOf } from "./completion.js";
import type { AnswerForm } from "./wire-demand.js";
import { toPromptLogprobs } from "./wire-logprobs.js";

/** The ids of a choice's tokens, as members of it: vLLM's `token_ids`, llama-server's `tokens`. */
export function idsOf(ids: readonly number[], { tokenIds, tokens }: AnswerForm): object {
  return { ...(tokenIds && { token_ids: ids }), ...(tokens && { tokens: ids }) };
}

/** What is said of the prompt, as members of an answer or of a choice: vLLM's `prompt_token_ids` and `prompt_logprobs`. */
export function promptMembers({ promptTokens, promptLogprobs }: Pick<Choice, "promptTokens" | "promptLogprobs">, form: AnswerForm): object {
  return {
    ...(form.tokenIds && { prompt_token_ids: promptTokens ?? [] }),
    ...(form.promptLogprobs && promptLogprobs && { prompt_logprobs: toPromptLogprobs(promptLogprobs) }),
  };
}

/** The ids of a stream's tokens, and what it says of its prompt, until an event takes them along. */
export class PendingIds {
  private readonly form: AnswerForm;
  private readonly ids = new Map<number, number[]>();
  private readonly prompts = new Map<number, object>();

  constructor(form: AnswerForm) {
    this.form = form;
  }

  /** Keeps what a chunk says of tokens. */
  note(chunk: Chunk): void {
    if (chunk.type === "tokens") this.ids.set(chunk.choice, [...(this.ids.get(chunk.choice) ?? []), ...chunk.ids]);
    if (chunk.type === "prompt") this.prompts.set(chunk.choice, promptMembers(promptOf(chunk), this.form));
  }

  /** The ids that no event of the choice has had yet, as its members. */
  take(choice: number): object {
    const ids = this.ids.get(choice) ?? [];
    this.ids.delete(choice);
    return idsOf(ids, this.form);
  }

  /** What is said of the choice's prompt, once. */
  takePrompt(choice: number): object {
    const members = this.prompts.get(choice) ?? {};
    this.prompts.delete(choice);
    return members;
  }
}

function promptOf({ logprobs, tokens }: ChunkOf<"prompt">): Pick<Choice, "promptTokens" | "promptLogprobs"> {
  return { ...(logprobs && { promptLogprobs: logprobs }), ...(tokens && { promptTokens: tokens }) };
}
