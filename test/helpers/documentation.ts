import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A fenced block: its language, what else stands behind the fence, its text. */
export interface Fence {
  language: string;
  marks: readonly string[];
  text: string;
}

/** A page of the documentation. */
export interface DocumentationPage {
  path: string;
  /** The commands the page is about, as its front matter names them: flags without a command are theirs. */
  commands: readonly string[];
  /** Without front matter. */
  text: string;
  fences: readonly Fence[];
}

interface Links {
  pagesOf: (root: string) => string[];
  deadLinks: (root: string) => string[];
}

const LINKS: string = "../../scripts/docs/links.mjs";

/** Every page that people read: the README and its neighbors, and all of docs. */
export async function documentation(): Promise<DocumentationPage[]> {
  const { pagesOf } = (await import(LINKS)) as Links;
  return pagesOf(ROOT).map((path) => {
    const [, front = "", text = ""] = /^(?:---\n(.*?)\n---\n)?(.*)$/s.exec(readFileSync(join(ROOT, path), "utf8")) ?? [];
    const commands = /^commands: (.*)$/m.exec(front)?.[1]?.split(", ") ?? [];
    return { path, commands, text, fences: fencesOf(text) };
  });
}

/** The links of the documentation that lead nowhere. */
export async function deadLinks(): Promise<string[]> {
  return ((await import(LINKS)) as Links).deadLinks(ROOT);
}

function fencesOf(text: string): Fence[] {
  return Array.from(text.matchAll(/^```(\S*)(.*)\n([^]*?)^```$/gm), ([, language = "", marks = "", body = ""]) => ({
    language,
    marks: marks.split(" ").filter((mark) => mark !== ""),
    text: body,
  }));
}

/** The scripts of a page: fenced as sh, or indented. */
export function scriptsOf({ fences, text }: DocumentationPage): string[] {
  const indented = Array.from(text.replace(/^```[^]*?^```$/gm, "").matchAll(/(?<=\n\n)(?: {4}\S.*\n)+/g), ([block]) => block);
  return [...fences.filter(({ language }) => language === "sh").map((fence) => fence.text), ...indented];
}

/** The command lines of llmops in a shell script, word by word; what follows a comment, a pipe or another command is apart. */
export function commandLines(script: string): string[][] {
  const lines = script
    .replace(/<<'(\w+)'\n[^]*?^\1$/gm, "") // texts that a command is given
    .replace(/\\\n/g, " ")
    .split("\n");
  return lines.flatMap((line) =>
    splitWords(line).flatMap((words) => {
      const start = words.findIndex((word) => !/^(?:npx|[A-Z_]+=.*)$/.test(word));
      const redirection = words.findIndex((word) => /^[<>]/.test(word));
      return words[start] === "llmops" ? [words.slice(start + 1, redirection < 0 ? undefined : redirection)] : [];
    }),
  );
}

/** The simple commands of a line, each as its words without quotation marks. */
function splitWords(line: string): string[][] {
  const commands: string[][] = [[]];
  const tokens = line.matchAll(/\s+#.*$|^#.*$|(&&|\|\||[;|&])|((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"';|&\\])+)/g);
  for (const [, operator, word] of tokens) {
    if (operator !== undefined) commands.push([]);
    if (word !== undefined)
      commands.at(-1)?.push(word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ""));
  }
  return commands;
}
