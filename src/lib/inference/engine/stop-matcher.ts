/** Cuts a stream of text at the first of several stop texts, holding back what may still become one. */
export class StopMatcher {
  private readonly stops: readonly string[];
  private held = "";

  constructor(stops: readonly string[]) {
    this.stops = stops.filter((stop) => stop !== "");
  }

  /** Takes the next piece; returns the text that is safe to show, and the stop text that was met, with what follows it. */
  push(piece: string): { text: string; stop: string | undefined; rest: string } {
    if (this.stops.length === 0) return { text: piece, stop: undefined, rest: "" };
    const all = this.held + piece;
    const hit = this.firstHit(all);
    if (hit) {
      this.held = "";
      return { text: all.slice(0, hit.index), stop: hit.stop, rest: all.slice(hit.index + hit.stop.length) };
    }
    const keep = Math.max(0, ...this.stops.map((stop) => overlap(all, stop)));
    this.held = all.slice(all.length - keep);
    return { text: all.slice(0, all.length - keep), stop: undefined, rest: "" };
  }

  /** What was held back, at the end of the stream. */
  flush(): string {
    const rest = this.held;
    this.held = "";
    return rest;
  }

  private firstHit(text: string): { index: number; stop: string } | undefined {
    const hits = this.stops.map((stop) => ({ index: text.indexOf(stop), stop })).filter(({ index }) => index >= 0);
    return hits.sort((a, b) => a.index - b.index)[0];
  }
}

/** The length of the longest end of `text` that is a proper beginning of `stop`. */
function overlap(text: string, stop: string): number {
  for (let length = Math.min(text.length, stop.length - 1); length > 0; length--) {
    if (text.endsWith(stop.slice(0, length))) return length;
  }
  return 0;
}
