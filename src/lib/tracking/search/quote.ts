/** A text as a value of MLflow's search grammar, which knows no escape: one that holds both kinds of quotes cannot be written. */
export function quoteText(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
