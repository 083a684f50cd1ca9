import { AnswerWriter, type AnswerContext, type ReadingOptions } from "./answer-writer.js";
import type { Delta } from "./delta.js";
import type { ChatFormat } from "./format.js";
import { readChannels } from "./read-channels.js";
import { readChevrons } from "./read-chevrons.js";
import { readMarked } from "./read-marked.js";
import { Source, type Parse } from "./source.js";

/**
 * Reads an answer in a family's format as it comes: text, thoughts, tool calls. What looks like a call and cannot be read stays text:
 * nothing the model wrote is lost. However the text is cut into pieces, what is read is the same.
 */
export class AnswerReader {
  private readonly source = new Source();
  private readonly out: AnswerWriter;
  private readonly options: ReadingOptions;
  private readonly steps: Parse;
  private isOver = false;

  constructor(format: ChatFormat, options: ReadingOptions) {
    this.options = options;
    this.out = new AnswerWriter(this.source, format, options);
    this.steps = read({ source: this.source, format, options, out: this.out });
    this.step();
  }

  /** What a further piece of text gives. */
  push(piece: string): Delta[] {
    if (piece === "") return [];
    this.source.push(piece);
    this.step();
    return this.out.taken();
  }

  /**
   * What is left once nothing follows. A call that is cut off by the limit of tokens keeps the beginning of its arguments, as OpenAI has
   * it, and is left out where they have not begun; one the model left open itself is completed to valid JSON.
   */
  end(reason: "stop" | "length"): Delta[] {
    this.out.isCut = reason === "length";
    this.source.end();
    this.step();
    this.out.finish(reason);
    return this.out.taken();
  }

  /** Whether what comes next belongs to a thought. */
  get inThought(): boolean {
    return this.out.inThought;
  }

  /** Whether thoughts stay in the text. */
  get keepsThoughts(): boolean {
    return this.options.keepsThoughts === true;
  }

  /** How many calls have begun, and how many of them ended. */
  get calls(): { begun: number; ended: number } {
    return { begun: this.out.begun, ended: this.out.ended };
  }

  /** The mark after which a call is to begin, and nothing but white space has come; undefined elsewhere. */
  get openedBy(): string | undefined {
    return this.out.openedBy !== undefined && (this.source.read + this.source.rest).trim() === "" ? this.out.openedBy : undefined;
  }

  /** How often a mark that calls begin with was met, whether one followed or not. */
  get marksMet(): number {
    return this.out.tried;
  }

  private step(): void {
    if (!this.isOver) this.isOver = this.steps.next().done === true;
  }
}

function read(context: AnswerContext): Parse {
  switch (context.format.layout) {
    case "marks":
      return readMarked(context);
    case "chevrons":
      return readChevrons(context);
    case "channels":
    case "recipients":
      return readChannels(context);
  }
}
