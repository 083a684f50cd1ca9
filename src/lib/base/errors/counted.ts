/** The word for so many of something: "row" for 1, "rows" for any other number. */
export function nounFor(count: number, noun: string, plural = `${noun}s`): string {
  return count === 1 ? noun : plural;
}

/** So many of something in words: "1 row", "20 rows", "0 entries". */
export function counted(count: number, noun: string, plural?: string): string {
  return `${count} ${nounFor(count, noun, plural)}`;
}
