import { CLOSING, OPENING, tokenAt, type Token } from "./tokens.js";

/** Deeper nested templates are refused: reading and rendering them takes the stack of calls. */
const DEEPEST = 100;

/** Begins the body of a loop that is called again for what is within its items. */
export const RECURSIVE = "recursive";

/** Statements with a body, by what ends them. */
const BODIES: ReadonlyMap<string, string> = new Map(
  ["if", "for", "set", "macro", "call", "filter"].map((name) => [`end${name}`, name] as const),
);

interface Opened {
  name: string;
  line: number;
}

/**
 * The tokens of a template whose statements and brackets are closed, the word `recursive`, which the parser does not know, as a comment at
 * the beginning of the loop. Throws SyntaxError with the line where something is not closed, or is nested too deeply.
 */
export function checkTokens(tokens: readonly Token[]): Token[] {
  const checked: Token[] = [];
  const statements: Opened[] = [];
  for (let at = 0; at < tokens.length;) {
    const end = tagEnd(tokens, at);
    const tag = tokens.slice(at, end);
    if (tag[0]?.type === "OpenStatement") checkStatement(tag, statements);
    checkBrackets(tag, statements.length);
    for (const token of isRecursive(tag) ? withoutWord(tag) : tag) checked.push(token);
    at = end;
  }
  const open = statements.at(-1);
  if (open) throw new SyntaxError(`line ${open.line}: {% ${open.name} %} has no {% end${open.name} %}`);
  return checked;
}

const TAG_ENDS: ReadonlySet<string> = new Set(["Text", "CloseStatement", "CloseExpression"]);

/** The place after the tag, or the text, that begins at a place. */
function tagEnd(tokens: readonly Token[], from: number): number {
  let at = from;
  while (at < tokens.length && !TAG_ENDS.has(tokens[at]?.type ?? "")) at++;
  return at + 1;
}

function checkStatement(tag: readonly Token[], open: Opened[]): void {
  const [name, line] = [tag[1]?.value ?? "", tag[0]?.line ?? 0];
  const ended = BODIES.get(name);
  if (ended !== undefined) checkEnd({ name, line }, ended, open.pop());
  else if (beginsBody(tag, name)) open.push({ name, line });
  if (open.length > DEEPEST) throw tooDeep(line);
}

function checkEnd({ name, line }: Opened, ended: string, begun: Opened | undefined): void {
  if (begun?.name === ended) return;
  throw new SyntaxError(
    begun === undefined
      ? `line ${line}: {% ${name} %} ends no statement`
      : `line ${line}: {% ${name} %} stands where {% end${begun.name} %} is expected: line ${begun.line} has {% ${begun.name} %}`,
  );
}

/** An assignment has a body where no value is given. */
function beginsBody(tag: readonly Token[], name: string): boolean {
  if (name === "set") return !tag.some(({ type }) => type === "Equals");
  return [...BODIES.values()].includes(name);
}

function checkBrackets(tag: readonly Token[], within: number): void {
  let depth = within;
  for (const { type, line } of tag) {
    depth += OPENING.has(type) ? 1 : CLOSING.has(type) ? -1 : 0;
    if (depth > DEEPEST) throw tooDeep(line);
  }
}

function tooDeep(line: number): SyntaxError {
  return new SyntaxError(`line ${line}: nested more than ${DEEPEST} deep`);
}

function isRecursive(tag: readonly Token[]): boolean {
  return tag[1]?.value === "for" && tag.at(-2)?.type === "Identifier" && tag.at(-2)?.value === RECURSIVE && tag.length > 5;
}

function withoutWord(tag: readonly Token[]): Token[] {
  const [last] = tag.slice(-1) as [Token];
  return [...tag.slice(0, -2), last, tokenAt(last, "Comment", RECURSIVE)];
}
