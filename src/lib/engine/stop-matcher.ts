/** Cuts a stream of text at the first of several stop texts, holding back what may still become one. */
export class StopMatcher {
  private readonly stops: readonly string[];
  private held = "";

  constructor(stops: readonly string[]) {
    this.stops = stops.filter((stop) => stop !== "");
  }

  /** Takes the next piece; returns the text that is safe to show, and whether a stop text was met. */
  push(piece: string): { text: string; stopped: boolean } {
    const all = this.held + piece;
    const hits = this.stops.map((stop) => all.indexOf(stop)).filter((index) => index >= 0);
    if (hits.length > 0) {
      this.held = "";
      return { text: all.slice(0, Math.min(...hits)), stopped: true };
    }
    const keep = Math.max(0, ...this.stops.map((stop) => overlap(all, stop)));
    this.held = all.slice(all.length - keep);
    return { text: all.slice(0, all.length - keep), stopped: false };
  }

  /** What was held back, at the end of the stream. */
  flush(): string {
    const rest = this.held;
    this.held = "";
    return rest;
  }
}

/** The length of the longest end of `text` that is a proper beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
