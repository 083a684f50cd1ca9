import { lexCode, linesIn } from "./lex-code.js";
import type { Token } from "./tokens.js";

const OPEN = /\{[%{#]/g;
const RAW = /\{%[-+]?\s*raw\s*(-?)%\}/y;
const END_OF_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;

/** Statements that mark what the assistant says, for training; in a prompt they are nothing. */
const MARKING = ["generation", "endgeneration"];

/**
 * The tokens of a template, for the parser of @huggingface/jinja, in time that grows as the template does: the library's own lexer takes
 * hours for some of a megabyte. White space around tags is what transformers makes of it: blocks trimmed, and stripped to their left.
 * Throws SyntaxError with the line.
 */
export function tokenize(source: string): Token[] {
  const lexer = new Lexer(source.endsWith("\n") ? source.slice(0, -1) : source);
  return lexer.tokens();
}

class Lexer {
  private readonly source: string;
  private readonly found: Token[] = [];
  private at = 0;
  private line = 1;

  constructor(source: string) {
    this.source = source;
  }

  tokens(): Token[] {
    while (this.at < this.source.length) {
      OPEN.lastIndex = this.at;
      const open = OPEN.exec(this.source);
      if (!open) {
        this.pushText(this.source.slice(this.at));
        break;
      }
      this.takeText(open.index, open[0] !== "{{");
      this.takeTag(open[0] as "{%" | "{{" | "{#");
    }
    return this.found;
  }

  /** Goes to a place; lines are counted on the way. */
  private goTo(at: number): void {
    this.line += linesIn(this.source.slice(this.at, at));
    this.at = at;
  }

  private pushText(text: string): void {
    if (text !== "") this.found.push({ type: "Text", value: text, line: this.line });
  }

  /** The text up to a tag, without the white space that the tag takes away. */
  private takeText(end: number, isBlock: boolean): void {
    this.pushText(this.beforeTag(this.source.slice(this.at, end), { sign: this.source.charAt(end + 2), isBlock }));
    this.goTo(end);
  }

  private beforeTag(text: string, { sign, isBlock }: { sign: string; isBlock: boolean }): string {
    if (sign === "-") return text.trimEnd();
    if (sign === "+" || !isBlock) return text;
    const lineStart = text.lastIndexOf("\n") + 1;
    const beginsLine = lineStart > 0 || this.at === 0 || this.source[this.at - 1] === "\n";
    return beginsLine && text.slice(lineStart).trim() === "" ? text.slice(0, lineStart) : text;
  }

  private takeTag(open: "{%" | "{{" | "{#"): void {
    if (open === "{#") this.takeComment();
    else if (open === "{{" || !this.takeRaw()) this.takeCode(open);
  }

  private takeComment(): void {
    const from = this.at + ("-+".includes(this.source.charAt(this.at + 2) || " ") ? 3 : 2);
    const end = this.source.indexOf("#}", from);
    if (end === -1) throw new SyntaxError(`line ${this.line}: the comment that begins with {# does not end`);
    this.leaveTag(end + 2, end > from ? this.source.charAt(end - 1) : "", true);
  }

  /** Text in which tags are text too. */
  private takeRaw(): boolean {
    RAW.lastIndex = this.at;
    const begin = RAW.exec(this.source);
    if (!begin) return false;
    this.goTo(RAW.lastIndex);
    if (begin[1] === "-") this.skipSpace();
    END_OF_RAW.lastIndex = this.at;
    const end = END_OF_RAW.exec(this.source);
    if (!end) throw new SyntaxError(`line ${this.line}: {% raw %} has no {% endraw %}`);
    this.takeText(end.index, true);
    this.leaveTag(END_OF_RAW.lastIndex, end[2] ?? "", true);
    return true;
  }

  private takeCode(open: "{%" | "{{"): void {
    const sign = this.source.charAt(this.at + 2);
    const { line } = this;
    const code = lexCode(this.source, this.at + (sign === "-" || (sign === "+" && open === "{%") ? 3 : 2), { open, line });
    const [name] = code.tokens;
    if (open === "{{" || !(name?.type === "Identifier" && code.tokens.length === 1 && MARKING.includes(name.value))) {
      const kind = open === "{%" ? "Statement" : "Expression";
      this.found.push({ type: `Open${kind}`, value: open, line });
      for (const token of code.tokens) this.found.push(token);
      this.found.push({ type: `Close${kind}`, value: "", line });
    }
    this.leaveTag(code.end, code.sign, open === "{%");
  }

  /** Goes on after a tag, and after the white space that the tag takes away. */
  private leaveTag(end: number, sign: string, isBlock: boolean): void {
    this.goTo(end);
    if (sign === "-") this.skipSpace();
    else if (isBlock && sign !== "+" && this.source[this.at] === "\n") this.goTo(this.at + 1);
  }

  private skipSpace(): void {
    let end = this.at;
    while (end < this.source.length && /\s/.test(this.source.charAt(end))) end++;
    this.goTo(end);
  }
}
