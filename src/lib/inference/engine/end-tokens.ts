import type { LlamaModel } from "node-llama-cpp";

/** The tokens that end a completion. Asking llama.cpp costs more than a look into a map, so answers are kept. */
export class EndTokens {
  private readonly model: LlamaModel;
  private readonly vocabularySize: number;
  private readonly known = new Map<number, boolean>();
  private every: number[] | undefined;

  constructor(model: LlamaModel, vocabularySize: number) {
    this.model = model;
    this.vocabularySize = vocabularySize;
  }

  has(token: number): boolean {
    const seen = this.known.get(token);
    if (seen !== undefined) return seen;
    const ends = this.model.isEogToken(token as never);
    this.known.set(token, ends);
    return ends;
  }

  /** All of them; looks through the whole vocabulary the first time. */
  get all(): readonly number[] {
    this.every ??= Array.from({ length: this.vocabularySize }, (_, token) => token).filter((token) =>
      this.model.isEogToken(token as never),
    );
    return this.every;
  }
}
