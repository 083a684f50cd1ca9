/** A key that an object of JSON has twice: JSON.parse would take the last in silence. `offset` is where the second begins. */
export class DuplicateKeyError extends SyntaxError {
  readonly key: string;
  readonly offset: number;

  constructor(text: string, key: string, offset: number) {
    const line = text.slice(0, offset).split("\n").length;
    super(`the key ${JSON.stringify(key)} appears twice in one object${line > 1 ? `, the second time in line ${line}` : ""}`);
    this.name = "DuplicateKeyError";
    this.key = key;
    this.offset = offset;
  }
}

/** The value of a JSON text somebody wrote. Throws SyntaxError, as a DuplicateKeyError for an object that has a key twice. */
export function parseUniqueJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  refuseDuplicateKeys(text);
  return value;
}

/** Throws DuplicateKeyError for the first object that has a key twice. The text has to be valid JSON. */
export function refuseDuplicateKeys(text: string): void {
  const open: Set<string>[] = [];
  const marks = /["{}]/g;
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    if (mark[0] === "{") open.push(new Set());
    else if (mark[0] === "}") open.pop();
    else {
      const end = endOfString(text, mark.index);
      marks.lastIndex = end + 1;
      if (isKey(text, end)) note(open.at(-1), text, mark.index, end);
    }
  }
}

function note(keys: Set<string> | undefined, text: string, start: number, end: number): void {
  const name = text.slice(start + 1, end);
  const key = name.includes("\\") ? (JSON.parse(`"${name}"`) as string) : name;
  if (keys?.has(key)) throw new DuplicateKeyError(text, key, start);
  keys?.add(key);
}

/** The index of the quote that ends the string beginning at `start`: the first with an even number of backslashes before it. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (" \n\r\t".includes(text[at] ?? "x")) at++;
  return text[at] === ":";
}
