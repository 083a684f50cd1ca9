const TOKEN = /\s*(?:([[\]{}(),:])|('(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*")|(True|False|None|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?))/y;
const WORDS: Readonly<Record<string, unknown>> = { True: true, False: false, None: null };
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

/** A list or an object as Python prints it: ['a', "b's"], {'text': [...]}. Undefined for anything else, numpy's arrays among it. */
export function parsePythonLiteral(text: string): unknown {
  try {
    const tokens = tokenize(text.trim());
    const value = readValue(tokens);
    return tokens.length === 0 ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [, mark, quoted, word] = TOKEN.exec(text) ?? [];
    const token = mark ?? quoted ?? word;
    if (token === undefined) throw new SyntaxError("not a literal");
    tokens.push(token);
  }
  return tokens.reverse(); // taken from the end
}

function readValue(tokens: string[]): unknown {
  const token = tokens.pop() ?? "";
  if (token === "[" || token === "(") return readList(tokens, token === "[" ? "]" : ")");
  if (token === "{") return readObject(tokens);
  if (/^['"]/.test(token)) return unquote(token);
  if (token in WORDS) return WORDS[token];
  if (/^-?\d/.test(token)) return Number.isSafeInteger(Number(token)) || /[.eE]/.test(token) ? Number(token) : token;
  throw new SyntaxError("not a value");
}

function readList(tokens: string[], end: string): unknown[] {
  const items: unknown[] = [];
  while (tokens.at(-1) !== end) {
    items.push(readValue(tokens));
    if (tokens.at(-1) === ",") tokens.pop();
    else if (tokens.at(-1) !== end) throw new SyntaxError("no comma");
  }
  tokens.pop();
  return items;
}

function readObject(tokens: string[]): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  while (tokens.at(-1) !== "}") {
    const key = readValue(tokens);
    if (typeof key !== "string" || tokens.pop() !== ":") throw new SyntaxError("no key");
    entries.push([key, readValue(tokens)]);
    if (tokens.at(-1) === ",") tokens.pop();
    else if (tokens.at(-1) !== "}") throw new SyntaxError("no comma");
  }
  tokens.pop();
  return Object.fromEntries(entries);
}

function unquote(token: string): string {
  return token
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([^]))/g, (_, long?: string, short?: string, other?: string) =>
      other === undefined ? String.fromCharCode(Number.parseInt(long ?? short ?? "", 16)) : (ESCAPES[other] ?? other),
    );
}
