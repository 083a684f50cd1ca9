import type { Usage } from "../openai/completion.js";
import type { TokenTally } from "./token-tally.js";

/** What was computed for nothing: as it was counted, or by what came of it; where neither is known it may be all that was asked for. */
export interface Loss {
  usage?: Usage | undefined;
  tally?: TokenTally | undefined;
}

export const NO_USAGE: Usage = { promptTokens: 0, completionTokens: 0 };

/** What the providers compute for one call: some fail after they have begun, and are paid for all the same. */
export class Spending {
  /** What the provider that was asked last has computed, where it can say so without its answer. */
  sofar: (() => Loss) | undefined;
  /** What those before it computed for nothing, as far as it is not booked yet. */
  losses: Loss[] = [];
  /** What has been booked as lost, and came to somebody all the same. */
  notLost: Loss[] = [];
  private readonly booked = new Set<Loss>();
  private readonly book: (losses: readonly Loss[]) => Promise<boolean>;

  /** `book` is false where there is no room for more in what may be spent. */
  constructor(book: (losses: readonly Loss[]) => Promise<boolean>) {
    this.book = book;
  }

  /**
   * To be asked before another provider is, or one again: true where that fits as well beside what has been lost, which is then booked.
   * Nothing is reserved for it but what the attempt before did not take.
   */
  async mayGoOn(lost?: Loss): Promise<boolean> {
    this.lose(lost ?? this.sofar?.());
    this.sofar = undefined;
    if (this.losses.length === 0) return true;
    const booked = this.losses;
    this.losses = [];
    if (await this.book(booked)) {
      for (const one of booked) this.booked.add(one);
      return true;
    }
    this.losses = [...booked, ...this.losses];
    // there is no attempt under way
    this.sofar = () => ({ usage: NO_USAGE });
    return false;
  }

  /** Nobody continues with an answer that broke: what came of it is all there is, and is paid for as an answer. */
  noteNoRescue(broken: Loss): void {
    this.lose(this.sofar?.());
    this.sofar = undefined;
    this.losses = this.losses.filter((one) => one !== broken);
    if (this.booked.has(broken)) this.notLost.push(broken);
  }

  private lose(loss: Loss | undefined): void {
    if (loss && !isNothing(loss)) this.losses.push(loss);
  }
}

/** True where nothing is counted, or another attempt fits beside what has been lost: see `Spending.mayGoOn`. */
export async function mayGoOn({ spending }: { spending?: Spending }, lost?: Loss): Promise<boolean> {
  return spending ? spending.mayGoOn(lost) : true;
}

function isNothing({ usage }: Loss): boolean {
  return usage?.promptTokens === 0 && usage.completionTokens === 0;
}
