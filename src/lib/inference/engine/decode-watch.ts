import type { TokenBytes } from "./token-bytes.js";

const LINE_BREAK = 0x0a;

/** Ends an answer that took too long from its first token on, as soon as it has a line break: what was begun is then of use. */
export class DecodeWatch {
  private readonly limitMs: number | undefined;
  private readonly bytes: TokenBytes;
  private begunAt: number | undefined;
  private hasBreak = false;

  constructor(limitMs: number | undefined, bytes: TokenBytes) {
    this.limitMs = limitMs;
    this.bytes = bytes;
  }

  /** Takes a token; "length" where the answer is over with it. */
  isOver(token: number): "length" | false {
    if (this.limitMs === undefined) return false;
    this.begunAt ??= performance.now();
    this.hasBreak ||= this.bytes.of(token).includes(LINE_BREAK);
    return this.hasBreak && performance.now() - this.begunAt > this.limitMs ? "length" : false;
  }
}
