/** The line an item of a JSON list begins in, from 1: of the outermost list, or of the one under `key`. The text has to be valid JSON. */
export function lineOfItem(text: string, index: number, key?: string): number {
  let [depth, item] = [0, 0];
  let at = key === undefined ? text.indexOf("[") : startOfList(text, key);
  for (; at < text.length; at++) {
    const character = text[at] ?? "";
    if (character === '"') at = endOfString(text, at);
    else if ("[{".includes(character)) depth++;
    else if ("]}".includes(character)) depth--;
    else if (character === "," && depth === 1) item++;
    if (item === index && depth === 1) break;
  }
  return lineAt(text, at + 1);
}

/** The line of the first text after white space. */
function lineAt(text: string, from: number): number {
  const space = /^\s*/.exec(text.slice(from, from + 10_000))?.[0] ?? "";
  return text.slice(0, from + space.length).split("\n").length;
}

function startOfList(text: string, key: string): number {
  const found = new RegExp(`${JSON.stringify(key).replace(/[.*+?^$()[\]{}|\\]/g, "\\$&")}\\s*:\\s*\\[`).exec(text);
  return found ? found.index + found[0].length - 1 : text.indexOf("[");
}

/** The index of the quote that ends the string beginning at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
