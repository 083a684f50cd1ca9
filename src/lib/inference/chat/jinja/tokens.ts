/** A token as the parser of @huggingface/jinja takes it, with the line of the template it begins in. */
export interface Token {
  type: string;
  value: string;
  line: number;
}

/** The brackets by the types of tokens. */
export const OPENING: ReadonlySet<string> = new Set(["OpenParen", "OpenSquareBracket", "OpenCurlyBracket"]);
export const CLOSING: ReadonlySet<string> = new Set(["CloseParen", "CloseSquareBracket", "CloseCurlyBracket"]);

/** A token put beside another one, in whose line it then stands. */
export function tokenAt({ line }: Pick<Token, "line">, type: string, value: string): Token {
  return { type, value, line };
}

export function isName(found: Token | undefined, name: string): boolean {
  return found?.type === "Identifier" && found.value === name;
}
