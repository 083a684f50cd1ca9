import { createHash } from "node:crypto";
import { visibleText } from "./visible-text.js";

/** Text that is safe in HTML: made by `html` or `raw`. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | undefined | Html | readonly Html[];

/** A piece of HTML; what is put into it is escaped unless it is HTML itself, and what turns text around or is not seen is written out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + toText(parts[index - 1]) + string));
}

/** HTML from elsewhere that is known to be safe, such as a drawn chart. */
export function raw(text: string): Html {
  return new Html(text);
}

function toText(part: Part): string {
  if (part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(({ text }) => text).join("");
  return visibleText(String(part)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = `
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --bad: light-dark(#b3001b, #ff8a80); }
  body { font: 14px/1.5 system-ui, sans-serif; margin: 1.5rem auto; max-width: 1200px; padding: 0 1rem; }
  h1, h2, p { overflow-wrap: anywhere; } h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  .scroll { overflow-x: auto; background: linear-gradient(to left, Canvas 1.5rem, transparent) right / 3rem 100% no-repeat local,
    linear-gradient(to left, color-mix(in srgb, currentColor 30%, transparent), transparent) right / .7rem 100% no-repeat scroll; }
  .bad { color: var(--bad); } table { border-collapse: collapse; }
  th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; white-space: nowrap; }
  .long { white-space: normal; width: 32rem; overflow-wrap: anywhere; }
  td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
  th button { all: unset; cursor: pointer; font-weight: 600; } th button:focus-visible { outline: 2px solid; }
  .charts { display: flex; flex-wrap: wrap; gap: 1rem; } .charts figure { margin: 0; max-width: 100%; overflow-x: auto; background: #fff; border: 1px solid var(--line); }
  .quiet { opacity: .7; } code { font-size: .9em; overflow-wrap: anywhere; } svg { display: block; max-width: 100%; height: auto; }
  @media (max-width: 700px) { .charts svg { max-width: none; } }
`;

/** Sorts a table by the column whose heading is pressed: numbers as numbers, empty cells last. */
const SORT = `
  for (const button of document.querySelectorAll("th button")) button.addEventListener("click", () => {
    const th = button.closest("th"), table = th.closest("table"), body = table.tBodies[0];
    const index = [...th.parentNode.children].indexOf(th), down = th.getAttribute("aria-sort") === "ascending";
    for (const other of th.parentNode.children) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.children[index].dataset.value ?? row.children[index].textContent.trim();
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === "" || y === "") return x === y ? 0 : x === "" ? 1 : -1;
      const order = isNaN(x) || isNaN(y) ? x.localeCompare(y) : x - y;
      return down ? -order : order;
    });
    body.append(...rows);
  });
`;

/** What a page may do. Much of it comes from clients: it may run the one script above, and load nothing. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash("sha256").update(SORT).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** A whole page that needs nothing else: style and script are in it. */
export function htmlPage(title: string, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
${body}
${raw(`<script>${SORT}</script>`)}
</body>
</html>
`.text;
}

/** Characters of a cell that stand in one line. */
const LONGEST_LINE = 80;

export interface Cell {
  /** Shown. */
  content: Html | string;
  /** What it is sorted by, when that is not what is shown. */
  value?: number | string | undefined;
}

/** A table whose columns can be sorted by their headings. */
export function htmlTable(head: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  const numeric = head.map((_, index) => rows.every((row) => row[index]?.value === undefined || typeof row[index]?.value === "number"));
  const kind = (index: number) => (numeric[index] && rows.some((row) => row[index]?.value !== undefined) ? "number" : "");
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${head.map((name, index) => html`<th class="${kind(index)}"><button>${name}</button></th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, index) => html`<td class="${kind(index)}" data-value="${cell.value ?? textOf(cell)}">${wrapped(cell)}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A long text has lines of its own: it would push all other columns out of sight. */
function wrapped(cell: Cell): Html | string {
  return textOf(cell).length > LONGEST_LINE ? html`<div class="long">${cell.content}</div>` : cell.content;
}

function textOf({ content }: Cell): string {
  return content instanceof Html ? content.text.replace(/<[^<>]*>/g, "").trim() : content;
}
