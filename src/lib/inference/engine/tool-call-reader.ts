import { JsonEnd } from "./json-end.js";
import { StopMatcher } from "./stop-matcher.js";
import { parseToolCall, type ToolFormat } from "./tool-format.js";

export interface ReadCall {
  name: string;
  arguments: string;
}

/**
 * Separates the tool calls in an answer from its text. What looks like a call and cannot be read stays
 * text: nothing the model wrote is lost.
 */
export class ToolCallReader {
  private readonly format: ToolFormat;
  private marker: StopMatcher;
  private call: { json: string; end: JsonEnd } | undefined;
  private started = false;
  private calls = 0;

  /** `inCall`: the prompt ended with the beginning of a call. */
  constructor(format: ToolFormat, { inCall }: { inCall: boolean }) {
    this.format = format;
    this.marker = this.newMarker();
    if (inCall) this.beginCall();
  }

  push(piece: string): { text: string; calls: ReadCall[] } {
    const out = { text: "", calls: [] as ReadCall[] };
    let rest: string | undefined = piece;
    while (rest !== undefined && rest !== "") rest = this.call ? this.readCall(rest, out) : this.readText(rest, out);
    return out;
  }

  /** What is held back, once nothing follows. */
  flush(): string {
    const held = this.call ? this.format.open + this.call.json : this.marker.flush();
    this.call = undefined;
    return this.calls > 0 && held.trim() === "" ? "" : held;
  }

  /** Takes text up to the next call; returns what follows its beginning. */
  private readText(piece: string, out: { text: string }): string | undefined {
    if (this.format.open === "") return this.readBare(piece, out);
    const { text, stop, rest } = this.marker.push(piece);
    // the space between calls is layout
    if (this.calls === 0 || text.trim() !== "") out.text += text;
    if (stop === this.format.open) this.beginCall();
    return stop === undefined ? undefined : rest;
  }

  /** Formats without a mark: an answer that begins with an object is a call. */
  private readBare(piece: string, out: { text: string }): string | undefined {
    if (!this.started && piece.trim() === "") return undefined;
    const isCall = !this.started && piece.trimStart().startsWith("{");
    this.started = true;
    if (isCall) {
      this.beginCall();
      return piece;
    }
    if (this.calls === 0) out.text += piece;
    return undefined;
  }

  private readCall(piece: string, out: { text: string; calls: ReadCall[] }): string | undefined {
    const call = this.call as { json: string; end: JsonEnd };
    const length = call.end.push(piece);
    call.json += length === undefined ? piece : piece.slice(0, length);
    if (length === undefined) return undefined;
    this.call = undefined;
    const parsed = parseToolCall(call.json, this.format);
    if (parsed) {
      out.calls.push(parsed);
      this.calls++;
    } else {
      out.text += this.format.open + call.json;
    }
    return piece.slice(length);
  }

  private beginCall(): void {
    this.started = true;
    this.marker = this.newMarker();
    this.call = { json: "", end: new JsonEnd() };
  }

  private newMarker(): StopMatcher {
    return new StopMatcher([this.format.open, this.format.close]);
  }
}
