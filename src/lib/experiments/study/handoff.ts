/** Hands items from several producers to one consumer; a producer goes on once the consumer is done with its item. */
export class Handoff<T> {
  private readonly waiting: { item: T; taken: () => void }[] = [];
  private hasEnded = false;
  private wake: () => void = () => undefined;

  /** Resolves once the consumer asks for the next item, or has left. */
  give(item: T): Promise<void> {
    if (this.hasEnded) return Promise.resolve();
    return new Promise((taken) => {
      this.waiting.push({ item, taken });
      this.wake();
    });
  }

  /** There are no further items: the consumer ends after those that wait. */
  end(): void {
    this.hasEnded = true;
    this.wake();
  }

  /** The consumer has left: whoever waits for it goes on. */
  abandon(): void {
    this.end();
    for (const { taken } of this.waiting.splice(0)) taken();
  }

  async *items(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.waiting.shift();
      if (next) {
        try {
          yield next.item;
        } finally {
          next.taken();
        }
      } else if (this.hasEnded) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
