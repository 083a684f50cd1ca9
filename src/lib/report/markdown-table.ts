import { visibleLine, visibleText } from "./visible-text.js";

/** A table as GitHub's Markdown has it. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeCell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text from anywhere that stays text and in its cell. */
export function escapeCell(text: string): string {
  return markdownText(text)
    .replaceAll("|", "\\|")
    .replace(/(?<!\s)\s*\n\s*/g, " ");
}

/** Text from anywhere that stays text: no HTML, links, pictures or code, nobody is mentioned, nothing a terminal would obey. */
export function markdownText(text: string): string {
  return visibleText(text)
    .replace(/\\(?=[!-/:-@[-`{-~]|$)/g, "\\\\")
    .replace(/&(?=#?\w+;)/g, "&amp;")
    .replace(/<(?=[A-Za-z/!?])/g, "&lt;")
    .replace(/\](?=\s*[([:])|!(?=\[)|`/g, "\\$&")
    .replace(/(?<!\w)@(?=\w)/g, "@\u200b");
}

/** A name from anywhere as code in a line. */
export function markdownCode(text: string): string {
  return `\`${visibleLine(text).replaceAll("`", "'")}\``;
}
