/** A grammar (GBNF) whose rules all have names that begin with a prefix, so that it can stand beside others. */
export function prefixRules(grammar: string, prefix: string): string {
  // texts, classes and comments stay as they are
  return grammar.replace(/"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|#[^\n]*|\{[^}]*\}|[a-zA-Z][a-zA-Z0-9-]*/g, (part) =>
    /^[a-zA-Z]/.test(part) ? prefix + part : part,
  );
}
