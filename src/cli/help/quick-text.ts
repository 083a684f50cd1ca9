/** Renders what is a template; every other text, of which the help of a command has hundreds, is what it is. */
export function onlyTemplates(render: (text: string) => string): (text: string) => string {
  return (text) => (/<%|%>/.test(text) ? render(text) : text);
}

/**
 * A text in rows of at most `width` columns, each line as `wrap` breaks it. Plain lines, as nearly all are, are broken here as wrap-ansi
 * does, which measures a row anew with every word: between words, without spaces at the ends of rows.
 */
export function wrapPlain(text: string, width: number, wrap: (line: string) => string): string {
  return text
    .split("\n")
    .map((line) => (isPlain(line, width) ? breakLine(line, width) : wrap(line)))
    .join("\n");
}

/** True for printable ASCII without a word that would have to be cut. */
function isPlain(line: string, width: number): boolean {
  return /^[ -~]*$/.test(line) && line.split(" ").every((word) => word.length <= width);
}

function breakLine(line: string, width: number): string {
  const rows: string[] = [];
  let row = "";
  for (const [i, word] of line.split(" ").entries()) {
    row = row.trimStart();
    if (i > 0 && row !== "") row += " ";
    if (row !== "" && word !== "" && row.length + word.length > width) {
      rows.push(row);
      row = "";
    }
    row += word;
  }
  return [...rows, row].map((one) => one.trimEnd()).join("\n");
}
