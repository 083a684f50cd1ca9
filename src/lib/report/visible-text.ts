/**
 * What terminals obey or leave unseen: C0 and C1 with DEL, but not tab and newline; what turns the order of the text after it around;
 * other line ends; tags, with which a text can hide another. First what is spared: flags of England, Scotland and Wales, written with tags.
 */
const HIDDEN =
  /(\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f})|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\u{e0000}-\u{e007f}]/gu;

/**
 * A text from anywhere as it may be shown: what a terminal would obey, or not show, is written out as \x1b, \u202e or \u{e0041}. Lines
 * end with newlines alone; tabs, emoji and colors of our own stay.
 */
export function visibleText(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(HIDDEN, (one, flag?: string) => flag ?? writtenOut(one.codePointAt(0) as number));
}

/** A text from anywhere as a part of one line: line ends and tabs are spaces. */
export function visibleLine(text: string): string {
  return visibleText(text).replace(/[\n\t]+/g, " ");
}

/** A JSON text in which what a terminal would obey or not show is escaped, as JSON does; it means the same. */
export function jsonLine(json: string): string {
  return json.replace(
    HIDDEN,
    (one, flag?: string) => flag ?? Array.from({ length: one.length }, (_, i) => jsonEscape(one.charCodeAt(i))).join(""),
  );
}

function jsonEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}

function writtenOut(code: number): string {
  const digits = code.toString(16);
  if (code < 0x100) return `\\x${digits.padStart(2, "0")}`;
  return code < 0x1_0000 ? `\\u${digits.padStart(4, "0")}` : `\\u{${digits}}`;
}
