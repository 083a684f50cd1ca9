/** A text as a value of MLflow's search grammar. Its own servers know no escape: one that holds both kinds of quotes is found here alone. */
export function quoteText(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "''")}'`;
}
