import type { LlmopsError } from "../../base/errors/llmops-error.js";

/** Entries a journal could not take, and why. */
export class Unwritten {
  count = 0;
  /** Why the first of them could not be taken. */
  first: LlmopsError | undefined;
  private isOut = false;

  /** One more; true where an outage begins with it, each of which is to be told once. */
  add(problem: LlmopsError): boolean {
    const begins = !this.isOut;
    this.first ??= problem;
    this.isOut = true;
    this.count++;
    return begins;
  }

  /** An entry was taken: an outage is over. */
  noteWritten(): void {
    this.isOut = false;
  }
}
