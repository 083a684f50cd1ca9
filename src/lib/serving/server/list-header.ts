/** Proxies and clients take headers of a few kilobytes. */
const LONGEST_HEADER = 2000;

/** Texts as the value of a header: percent-encoded, in order, with "+N" for those that are too many. */
export function listHeader(texts: readonly string[]): string {
  let value = "";
  for (const [index, text] of texts.entries()) {
    const next = `${index === 0 ? "" : ", "}${encodeURI(wellFormed(text)).replaceAll(",", "%2C")}`;
    if (value.length + next.length > LONGEST_HEADER) return `${value}${index === 0 ? "" : ", "}+${texts.length - index}`;
    value += next;
  }
  return value;
}

/** Half a surrogate pair, which a name in JSON may have and no header, as U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
