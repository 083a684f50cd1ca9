const QUOTE = '"';
const DELIMITERS = [",", ";", "\t", "|"] as const;
const SNIFFED = 10_000;

/** What stands between the cells of a table: of the candidates, the one that its first line has most of, outside of quotes. */
export function findDelimiter(text: string, isTabs: boolean): string {
  if (isTabs) return "\t";
  const [heading = ""] = text
    .slice(0, SNIFFED)
    .replace(/"(?:[^"]|"")*"/g, "")
    .split(/[\r\n]/);
  const counts = DELIMITERS.map((delimiter) => heading.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/**
 * Reads the records of delimited text (RFC 4180) from its beginning to its end: `take` gets each cell with its place in the record, `end`
 * hears of each record's end; lines without anything are passed over. What the RFC does not allow is read as it stands: a quote in the
 * middle of a cell, text after a closing quote, and the rest of the text after a quote that is never closed.
 */
export function readRecords(
  text: string,
  delimiter: string,
  { take, end }: { take: (place: number, cell: string) => void; end: () => void },
): void {
  const delimiterCode = delimiter.charCodeAt(0);
  let place = 0;
  for (let at = 0; at < text.length;) {
    const start = at;
    let cell = "";
    if (text[at] === QUOTE) {
      const quoted = readQuoted(text, at);
      cell = quoted.cell;
      at = quoted.end;
    }
    const rest = at;
    at = endOfPlain(text, at, delimiterCode);
    cell += text.slice(rest, at);
    const isBlank = place === 0 && at === start && text[at] !== delimiter;
    if (!isBlank) take(place, cell);
    if (text[at] === delimiter) {
      place++;
      at++;
      if (at === text.length) take(place, "");
      else continue;
    }
    if (!isBlank) end();
    place = 0;
    at += text.startsWith("\r\n", at) ? 2 : 1;
  }
}

/** The content of a cell whose opening quote is there, and the place behind its closing one. */
function readQuoted(text: string, open: number): { cell: string; end: number } {
  let from = open + 1;
  const parts: string[] = [];
  for (;;) {
    const close = text.indexOf(QUOTE, from);
    if (close < 0) return { cell: parts.join("") + text.slice(from), end: text.length };
    if (text[close + 1] !== QUOTE) return { cell: parts.join("") + text.slice(from, close), end: close + 1 };
    parts.push(text.slice(from, close + 1)); // two quotes are one
    from = close + 2;
  }
}

function endOfPlain(text: string, from: number, delimiter: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === delimiter || code === 10 || code === 13) break;
  }
  return at;
}
