/** Reads JSON text as it comes and knows where its value ends: a grammar lets a model continue with white space after it. */
export class JsonEnd {
  private depth = 0;
  private inString = false;
  private escaped = false;
  private scalar = "";

  /** The length of the piece's part that belongs to the value once it is complete, or undefined while it is not. */
  push(piece: string): number | undefined {
    for (let i = 0; i < piece.length; i++) {
      const end = this.take(piece[i] as string);
      if (end === "after") return i + 1;
      if (end === "before") return i;
    }
    return undefined;
  }

  private take(character: string): "after" | "before" | undefined {
    if (this.inString) return this.takeInString(character);
    switch (character) {
      case '"':
        this.inString = true;
        return undefined;
      case "{":
      case "[":
        this.depth++;
        return undefined;
      case "}":
      case "]":
        this.depth--;
        return this.depth === 0 ? "after" : undefined;
      default:
        return this.depth === 0 ? this.takeScalar(character) : undefined;
    }
  }

  private takeInString(character: string): "after" | undefined {
    if (this.escaped) this.escaped = false;
    else if (character === "\\") this.escaped = true;
    else if (character === '"') {
      this.inString = false;
      return this.depth === 0 ? "after" : undefined;
    }
    return undefined;
  }

  /** A number ends where white space begins, a literal with its last letter. */
  private takeScalar(character: string): "after" | "before" | undefined {
    if (/\s/.test(character)) return this.scalar === "" ? undefined : "before";
    this.scalar += character;
    return ["true", "false", "null"].includes(this.scalar) ? "after" : undefined;
  }
}
