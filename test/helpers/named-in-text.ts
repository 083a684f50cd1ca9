import ts from "typescript";

/** A flag somebody is told to use, with the command it is told of where the text says that. */
export interface NamedFlag {
  flag: string;
  command: string | undefined;
  around: string;
}

const WORDS = String.raw`([a-z][a-z-]*(?: [a-z][a-z-]*)*)`;
const TYPED = new RegExp(String.raw`(?:llmops|<%= config\.bin %>) ${WORDS}`, "g");

/** The longest command a text begins with. */
export function commandIn(words: string, commands: ReadonlySet<string>): string | undefined {
  const parts = words.split(" ");
  return parts.map((_, i) => parts.slice(0, parts.length - i).join(" ")).find((name) => commands.has(name));
}

/** Words after "llmops" that look typed, not told: in code, behind a colon, at the beginning of a line. */
export function typedCommands(text: string): string[] {
  return Array.from(text.matchAll(TYPED)).flatMap((match) => {
    const before = text.slice(Math.max(0, match.index - 12), match.index);
    const isTyped = match[0].startsWith("<") || /(?:`|: |(?:^|\n)(?:#? {2,}|\$ )?|npx |with |run |&& )$/i.test(before);
    return isTyped ? [match[1] ?? ""] : [];
  });
}

/** Every --flag of a text; it belongs to the last command that is named before it in the same sentence. */
export function flagsIn(text: string, commands: ReadonlySet<string>): NamedFlag[] {
  return Array.from(text.matchAll(/(?<![\w-]|var\()--([a-z][\w-]*[a-z0-9])(?![\w-]*:|-)/g)).flatMap((match) => {
    const sentence =
      text
        .slice(Math.max(0, match.index - 250), match.index)
        .split(/(?<!\.)[.;!?]\s|, or (?=name|check|choose|give)|\n\s*\n|\n(?=[ ]*(?:llmops|<%))/)
        .at(-1) ?? "";
    if (/ -- \S/.test(sentence)) return []; // what is started, not us
    const named = Array.from(sentence.matchAll(new RegExp(String.raw`(?<![\w-])${WORDS}`, "g"))).flatMap(([, words = ""]) =>
      words.split(" ").flatMap((_, i, all) => commandIn(all.slice(i).join(" "), commands) ?? []),
    );
    const typed = Array.from(sentence.matchAll(TYPED)).flatMap(([, words = ""]) => commandIn(words, commands) ?? []);
    const behind = named.at(-1);
    const isBehind = behind !== undefined && new RegExp(String.raw`(?<![\w-])${behind}[\`]? $`).test(sentence);
    const around = text.slice(Math.max(0, match.index - 60), match.index + 40).replaceAll("\n", " ");
    return [{ flag: (match[1] ?? "").replaceAll("_", "-"), command: typed.at(-1) ?? (isBehind ? behind : undefined), around }];
  });
}

/** The texts of a source file: literals, and templates with … for what is filled in. */
export function literalsOf(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return;
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node)) texts.push(node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(""));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return texts;
}
