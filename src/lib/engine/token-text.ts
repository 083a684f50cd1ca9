import type { LlamaModel, Token } from "node-llama-cpp";

/** How many earlier tokens decide the spacing of the next ones. */
const LOOK_BACK = 8;

/** Turns tokens into text one by one, holding back incomplete UTF-8 characters. */
export class TokenText {
  private readonly model: LlamaModel;
  private readonly before: Token[] = [];
  private pending: Token[] = [];

  constructor(model: LlamaModel, prompt: readonly Token[]) {
    this.model = model;
    this.before.push(...prompt.slice(-LOOK_BACK));
  }

  /** The text that became complete with this token, perhaps none. */
  push(token: Token): string {
    this.pending.push(token);
    const text = this.model.detokenize(this.pending, false, this.before);
    if (text.endsWith("\uFFFD") && this.pending.length < 4) return "";
    this.before.push(...this.pending);
    this.before.splice(0, this.before.length - LOOK_BACK);
    this.pending = [];
    return text;
  }

  /** What was held back, at the end of the completion. */
  flush(): string {
    const text = this.pending.length > 0 ? this.model.detokenize(this.pending, false, this.before) : "";
    this.pending = [];
    return text;
  }
}
